"""``flask evaluate``: circumstances in, findings out, JSON or parquet, without a database."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from pkgutil import resolve_name

import click

from portal import clock
from portal.commands.telling import Refused, read_file, refusing
from portal.policies.catalogue import load_catalogue
from portal.policies.circumstances import WrongInput
from portal.policies.document import evaluate_document
from portal.policies.tables import CatalogueError

FOR_PARQUET = "portal.policies.bulk:evaluate_file"
"""By name, so that neither JSON nor another command waits for pyarrow."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", is_flag=True, expose_value=False, help="总是打印 JSON")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="判定哪一天（只用于 parquet；JSON 里每条自己写）")
@click.option("--out", type=click.Path(path_type=Path), help="parquet：每名学生的情形编号写到哪里，判定写在旁边")
@refusing(CatalogueError, WrongInput)
def evaluate(file: Path, day: datetime | None, out: Path | None) -> None:
    """按政策目录判定：JSON 进，JSON 出；全省的 parquet 进，parquet 出，不用数据库.

    只看随门户发布的政策文件和其中的地方标准。在页面上提出、由另一个人批准的地方标准在数据库里，这里不算；
    它们用在门户的页面和台账里，哪些要再看由 flask check-policies 提醒。
    """
    if file.suffix == ".parquet":
        click.echo(json.dumps(_evaluate_parquet(file, day, out), ensure_ascii=False))
        return
    try:
        data = json.loads(read_file(file))
    except (ValueError, RecursionError) as problem:  # also a number of more than 4,300 digits
        raise Refused(f"{file.name} 不是合格的 JSON（{problem}）：请改正后再试") from problem
    click.echo(json.dumps(evaluate_document(load_catalogue(), data), ensure_ascii=False))


def _evaluate_parquet(file: Path, day: datetime | None, out: Path | None) -> dict[str, object]:
    if out is None:
        raise Refused("parquet 的判定写到文件里：请加 --out 文件名")
    on = day.date() if day else clock.today()
    findings = out.with_suffix(".findings" + out.suffix)
    judged = resolve_name(FOR_PARQUET)(load_catalogue(), file, out, findings, on)
    return asdict(judged) | {"day": on.isoformat(), "out": str(out), "findings_out": str(findings)}
