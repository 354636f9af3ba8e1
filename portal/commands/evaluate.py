"""``flask evaluate``: circumstances in, findings out, JSON or parquet, without a database."""

from datetime import datetime
from pathlib import Path
from pkgutil import resolve_name

import click

from portal.commands.usage import Command

FOR_JSON = "portal.commands.evaluation:evaluated_document"
FOR_PARQUET = "portal.commands.evaluation:evaluated_pupils"
"""By name: ``flask`` reads this file whatever it is asked for, and the catalogue only for this."""


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", is_flag=True, expose_value=False, help="总是打印 JSON")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="判定哪一天（只用于 parquet；JSON 里每条自己写）")
@click.option("--out", type=click.Path(path_type=Path), help="parquet：每名学生的情形编号写到哪里，判定写在旁边")
def evaluate(file: Path, day: datetime | None, out: Path | None) -> None:
    """按政策目录判定：JSON 进，JSON 出；全省的 parquet 进，parquet 出，不用数据库.

    只看随门户发布的政策文件和其中的地方标准。在页面上提出、由另一个人批准的地方标准在数据库里，这里不算；
    它们用在门户的页面和台账里，哪些要再看由 flask check-policies 提醒。
    """
    if file.suffix == ".parquet":
        if out is None:
            raise click.UsageError("parquet 的判定写到文件里：请加 --out 文件名")
        click.echo(resolve_name(FOR_PARQUET)(file, day.date() if day else None, out))
        return
    if day or out:
        raise click.UsageError("--day 和 --out 只用于 parquet；JSON 里每条自己写 day，判定打印在标准输出")
    click.echo(resolve_name(FOR_JSON)(file))
