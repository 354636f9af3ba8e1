"""``flask keys``: another data key, by which everything written from the next start on is sealed (C-05)."""

import click
from flask import current_app

from portal.commands.session import answering
from portal.commands.telling import json_option, tell
from portal.commands.usage import Group
from portal.privacy.key_files import add_data_key, read_key_files

NEXT = "请先把密钥文件夹再复制一份到另一处，然后把所有进程一起重新启动：没有重启的读不了用新密钥写的数据"


@click.group(cls=Group)
def keys() -> None:
    """加密数据用的密钥."""


@keys.command("add")
@click.option("--algorithm", type=click.Choice(("aes", "sm4")), help="不写就和现在的一样")
@json_option
@answering
def add(algorithm: str | None, as_json: bool) -> None:
    """每年一次，或怀疑泄露时：换用新的数据密钥；旧的留着读以前的数据."""
    folder = current_app.extensions["settings"].keys
    *_, newest = read_key_files(folder)[1]
    number = add_data_key(folder, "sm4" if (algorithm or newest.algorithm) == "sm4" else "aes")
    tell(as_json, {"key": number}, f"已新建第 {number} 个数据密钥。{NEXT}")
