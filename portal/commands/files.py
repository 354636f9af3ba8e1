"""``flask match-files`` and ``flask evaluate``: file in, file or JSON out, without a database."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from portal import clock
from portal.clock import SchoolTerm, term_of
from portal.commands.telling import Refused, Steps, answering, json_option, read_file, tell
from portal.matching.files import match_files as match_two_files
from portal.policies.bulk import evaluate_file
from portal.policies.catalogue import load_catalogue
from portal.policies.document import evaluate_document
from portal.vocabulary import Decision


@click.command("match-files")
@click.argument("roster", type=click.Path(path_type=Path))
@click.argument("register", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="写到哪个文件：csv 或 parquet")
@click.option("--term", help="为哪个学期比对（看有效期）；不写就是现在的学期")
@json_option
@answering
def match_files(roster: Path, register: Path, out: Path, term: str | None, as_json: bool) -> None:
    """两份文件直接比对（csv、parquet、xlsx），不用数据库.

    表头按列名认，顺序不限，表头上面的标题行会跳过，不认识的列不读。结果的列是
    roster_row、register_row、decision、rule、because；行用文件自己的“序号”来称呼，序号有空缺或重复时，
    用表头下面的第几行（从 1 数起；csv 的空行不算，表格里的空行算）。
    """
    wanted = SchoolTerm.parse(term) if term else term_of(clock.today())
    steps = Steps()
    report = match_two_files(roster, register, out, day=wanted.first_day, progress=steps)
    steps.finish()
    counts = "，".join(f"{Decision(code).label} {count}" for code, count in report.counts.items())
    tell(as_json, asdict(report), f"{counts}；用时 {report.seconds['total']} 秒，写到 {out}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", is_flag=True, expose_value=False, help="总是打印 JSON")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="判定哪一天（只用于 parquet；JSON 里每条自己写）")
@click.option("--out", type=click.Path(path_type=Path), help="parquet：每名学生的情形编号写到哪里，判定写在旁边")
@answering
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
    judged = evaluate_file(load_catalogue(), file, out, findings, on)
    return asdict(judged) | {"day": on.isoformat(), "out": str(out), "findings_out": str(findings)}
