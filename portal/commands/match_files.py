"""``flask match-files``: two files in, one file out, without a database."""

from dataclasses import asdict
from pathlib import Path

import click

from portal import clock
from portal.clock import SchoolTerm, WrongTerm, term_of
from portal.commands.telling import Steps, json_option, refusing, tell
from portal.commands.usage import Command
from portal.intake.bulk import without_collection
from portal.matching.files import MatchFilesError
from portal.matching.files import match_files as match_two_files
from portal.vocabulary import Decision


@click.command("match-files", cls=Command)
@click.argument("roster", type=click.Path(path_type=Path))
@click.argument("register", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="写到哪个文件：csv 或 parquet")
@click.option("--term", help="为哪个学期比对（看有效期）；不写就是现在的学期")
@json_option
@refusing(MatchFilesError, WrongTerm)
@without_collection()
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
    for remark in report.remarks:
        click.echo(remark, err=True)
    counts = "，".join(f"{Decision(code).label} {count}" for code, count in report.counts.items())
    tell(as_json, asdict(report), f"{counts}；用时 {report.seconds['total']} 秒，写到 {out}")
