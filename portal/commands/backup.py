"""``flask backup`` and ``flask restore``: the whole database into a file and back; the keys are kept apart."""

from pathlib import Path

import click
from flask import current_app

from portal.backup import dump, restore
from portal.commands.session import answering
from portal.commands.telling import json_option, tell, writing
from portal.commands.usage import Command
from portal.database import owner_url


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@answering
def backup(file: Path, as_json: bool) -> None:
    """把整个数据库备份成一个文件；密钥文件夹请另外保管."""
    with writing(file):
        size = dump(owner_url(current_app.extensions["settings"]), file)
    tell(as_json, {"bytes": size}, f"已备份到 {file}（{size / 1e6:,.1f} MB）；密钥文件夹请另外保管，没有它备份读不出来")


@click.command("restore", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@answering
def bring_back(file: Path, as_json: bool) -> None:
    """把备份恢复到一个空的数据库."""
    restore(owner_url(current_app.extensions["settings"]), file)
    tell(as_json, {"restored": True}, "已恢复；请运行 flask check，看密钥与数据是否相符")
