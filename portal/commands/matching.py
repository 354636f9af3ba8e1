"""``flask match``, ``flask matched``, ``flask ledger``: from registers and rosters to a list and the ledger."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import sleep

import click
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.access.scope import scope_of
from portal.clock import SchoolTerm
from portal.commands.session import answering, find_office, open_session, open_sessions, term_option, unit_option
from portal.commands.telling import Refused, Steps, json_option, tell, written_or_refused
from portal.commands.usage import Command
from portal.coverage.matching_work import work_on
from portal.coverage.totals import totals
from portal.enrolment.lists import MatchedLine, matched
from portal.enrolment.matching_runs import COUNTED_AS, begin_or_join, progress_of
from portal.models import MatchRun
from portal.sheets import CSV_ENCODING, write_csv, write_xlsx
from portal.vocabulary import EntitlementState

HEADINGS = ("学籍行号", "姓名", "学校标识码", "类别", "依据", "规则", "结论")
LOOK_AGAIN = 1.0  # seconds
Writer = Callable[[Path, Iterable[tuple[str, ...]]], None]


@click.command(cls=Command)
@unit_option
@term_option
@json_option
@answering
def match(unit: str, term: str, as_json: bool) -> None:
    """比对一个单位的全部学生，并开立台账."""
    school_term = SchoolTerm.parse(term)
    session, steps, now = open_session(), Steps(), clock.now()
    made = begin_or_join(session, find_office(session, unit), school_term, "command", now)
    session.commit()
    _work_off(session, made, steps)
    steps.finish()
    for sentence in made.unread:
        click.echo(f"没有比对，原来的结论照旧：{sentence}", err=True)
    counts = made.counts
    summary = (
        f"学生 {counts['pupils']} 人：已匹配 {counts['certain']}，待核实 {counts['possible']}，"
        f"家庭在册 {counts['household']}，未匹配 {counts['unmatched']}"
    )
    tell(as_json, {**counts, "run_id": str(made.id)}, summary)


def _work_off(session: Session, made: MatchRun, steps: Steps) -> None:
    """Until it has ended, whoever ends it: parts may be in another process's hands."""
    sessions, run_id = open_sessions(), made.id
    while made.finished_at is None:
        steps(_step(made, *progress_of(session, made)))
        session.commit()  # a list takes its place for minutes: the database ends a transaction that stands idle so long
        went_on = work_on(sessions, run_id, clock.now())
        session.refresh(made)
        if not (went_on or made.finished_at):
            sleep(LOOK_AGAIN)
        if made.given_up_at:
            raise Refused("这次比对没有完成，名单还是上一次的：请再运行一次")


def _step(made: MatchRun, done: int, every: int) -> str:
    if made.stands_since:
        return f"开立台账，还有{every}名"
    return f"已比对{done}名，共{every}名" if done < every else "保存结果"


@click.command("matched", cls=Command)
@unit_option
@term_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="写到哪个文件：csv 或 xlsx")
@json_option
@answering
def write_matched(unit: str, term: str, out: Path, as_json: bool) -> None:
    """把比对名单写成文件，姓名脱敏."""
    write = WRITERS.get(out.suffix.lower())
    if write is None:
        raise Refused(f"名单只能写成 csv 或 xlsx：请改 {out.name} 的后缀")
    school_term = SchoolTerm.parse(term)
    session = open_session()
    steps = Steps()
    steps("读取名单")
    owner = find_office(session, unit)
    lines = [_cells(line) for line in matched(session, scope_of(owner), school_term.code)]
    steps("写出文件")
    with written_or_refused(out) as unfinished:
        write(unfinished, [HEADINGS, *lines])
    audit.record(
        session, "command", "exported", unit_id=owner.id, list="matched", term=school_term.code, rows=len(lines)
    )
    session.commit()
    steps.finish()
    tell(as_json, {"lines": len(lines)}, f"写出 {len(lines)} 人：{out}")


@click.command(cls=Command)
@unit_option
@term_option
@json_option
@answering
def ledger(unit: str, term: str, as_json: bool) -> None:
    """台账：各状态的条数，和应助未助的金额."""
    school_term = SchoolTerm.parse(term)
    session = open_session()
    found = totals(session, scope_of(find_office(session, unit)), school_term.code, clock.today())
    states = "，".join(f"{EntitlementState(state).label} {count}" for state, count in found.by_state.items())
    tell(as_json, found.as_json(), f"台账 {found.rows} 条（{states or '没有'}），缺口 {found.gap_yuan:,.2f} 元")


def _cells(line: MatchedLine) -> tuple[str, ...]:
    return (
        line.roster_row,
        line.masked_name,
        line.school_code,
        ";".join(category.code for category in line.categories),
        line.basis.label,
        line.rule,
        COUNTED_AS[line.decision],
    )


def _write_csv(path: Path, lines: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding=CSV_ENCODING, newline="") as file:
        write_csv(file, lines)


def _write_xlsx(path: Path, lines: Iterable[Sequence[str]]) -> None:
    with path.open("wb") as file:
        write_xlsx(file, lines, "比对名单", row_by_row=True)


WRITERS = {".csv": _write_csv, ".xlsx": _write_xlsx}
