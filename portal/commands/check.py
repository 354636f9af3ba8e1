"""``flask check``: whether the portal could start now."""

import click

from portal.commands.session import answering, open_session
from portal.commands.telling import json_option, tell
from portal.commands.usage import Command


@click.command(cls=Command)
@json_option
@answering
def check(as_json: bool) -> None:
    """密钥与数据相符、数据库连得上、表结构是这一版的."""
    open_session()
    tell(as_json, {"ready": True}, "密钥、数据库、表结构都好")
