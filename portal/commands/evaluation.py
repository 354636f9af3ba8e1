"""What ``flask evaluate`` does: a document answered, or a parquet file of pupils."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import click

from portal import clock
from portal.commands.telling import Refused, read_file, refusing, writing
from portal.policies.catalogue import load_catalogue
from portal.policies.circumstances import WrongInput, fields_not_read
from portal.policies.document import evaluate_document
from portal.policies.tables import CatalogueError

IN_BULK = "portal.policies.bulk:evaluate_file"
"""By name, so that JSON does not wait for pyarrow."""


@refusing(CatalogueError, WrongInput)
def evaluated_document(file: Path) -> str:
    """The findings as JSON; what was not read of the document is said on stderr."""
    data = _read_json(file)
    answer = evaluate_document(load_catalogue(), data)
    if unused := fields_not_read(data):
        click.echo(f"没有用到的项（不认识这些名字）：{'、'.join(unused)}", err=True)
    return json.dumps(answer, ensure_ascii=False)


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


@refusing(CatalogueError, WrongInput)
def evaluated_pupils(file: Path, day: date | None, out: Path) -> str:
    """What was written and where, as JSON; ``day`` is today where none is given."""
    if out.is_dir() or (out.exists() and file.exists() and out.samefile(file)):
        raise Refused(f"{out} 是文件夹，或就是要判定的文件：请给结果另起一个文件名")
    on = day or clock.today()
    findings = out.with_suffix(".findings" + out.suffix)
    with writing(out):
        judged = resolve_name(IN_BULK)(load_catalogue(), file, out, findings, on)
    told = asdict(judged) | {"day": on.isoformat(), "out": str(out), "findings_out": str(findings)}
    return json.dumps(told, ensure_ascii=False)
