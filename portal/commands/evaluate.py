"""``flask evaluate``: circumstances in, findings out, JSON or parquet, without a database."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import click

from portal import clock
from portal.commands.telling import Refused, read_file, refusing
from portal.policies.catalogue import load_catalogue
from portal.policies.circumstances import WrongInput, fields_not_read
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
    if day or out:
        raise click.UsageError("--day 和 --out 只用于 parquet；JSON 里每条自己写 day，判定打印在标准输出")
    data = _read_json(file)
    answer = evaluate_document(load_catalogue(), data)
    if unused := fields_not_read(data):
        click.echo(f"没有用到的项（不认识这些名字）：{'、'.join(unused)}", err=True)
    click.echo(json.dumps(answer, ensure_ascii=False))


def _read_json(file: Path) -> Any:
    try:
        return json.loads(read_file(file))
    except json.JSONDecodeError as problem:
        what = f"第{problem.lineno}行第{problem.colno}个字附近读不懂"
    except UnicodeDecodeError:
        what = "不是 UTF-8 编码"
    except (ValueError, RecursionError):
        what = "括号套得太深，或一个数太长"
    raise Refused(f"{file.name} 不是合格的 JSON（{what}）：请改正后再试")


def _evaluate_parquet(file: Path, day: datetime | None, out: Path | None) -> dict[str, object]:
    if out is None:
        raise Refused("parquet 的判定写到文件里：请加 --out 文件名")
    on = day.date() if day else clock.today()
    findings = out.with_suffix(".findings" + out.suffix)
    judged = resolve_name(FOR_PARQUET)(load_catalogue(), file, out, findings, on)
    return asdict(judged) | {"day": on.isoformat(), "out": str(out), "findings_out": str(findings)}
