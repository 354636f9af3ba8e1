"""``flask units load``, ``flask registers import``, ``flask rosters import``."""

from pathlib import Path
from time import sleep
from typing import Any

import click
from sqlalchemy.orm import Session

from portal import clock
from portal.clock import local
from portal.commands.session import answering, find_unit, open_session, open_sessions, term_option
from portal.commands.telling import Refused, Steps, json_option, read_file, tell
from portal.commands.usage import Group
from portal.coverage.keepers import KEEPERS
from portal.coverage.lapses import earlier_of
from portal.intake.findings import Findings, findings_of
from portal.intake.receive import receive
from portal.intake.units import load_units
from portal.intake.work_off import work_off
from portal.models import Intake, Unit
from portal.vocabulary import IntakeKind, IntakeState, UnitLevel

file_argument = click.argument("file", type=click.Path(path_type=Path))
WAIT = 1.0  # seconds between looks at a file that another process is reading


@click.group(cls=Group)
def units() -> None:
    """单位."""


@units.command("load")
@file_argument
@json_option
@answering
def load(file: Path, as_json: bool) -> None:
    """载入单位：csv，列为 代码,名称,级别,上级代码,学段，可加 办学性质,联系电话,资助老师."""
    data = read_file(file)
    session = open_session()
    count = load_units(session, data, "command")
    session.commit()
    tell(as_json, {"units": count}, f"载入 {count} 个单位")


@click.group(cls=Group)
def registers() -> None:
    """困难群体名单."""


@registers.command("import")
@file_argument
@click.option("--unit", required=True, help="提供名单的部门、县、市或省的代码")
@click.option("--category", default="", help="整份名单的困难类别代码；名单里有“困难类别”列就不用写")
@click.option("--batch", required=True, help="名单的年月，如 2026-08")
@click.option("--replace", is_flag=True, help="这是更正后的整份名单，代替同一单位、同一批次已导入的；不写就是补充")
@json_option
@answering
def import_register(file: Path, unit: str, category: str, batch: str, replace: bool, as_json: bool) -> None:
    """导入困难群体名单（csv、xlsx、xls、parquet）."""
    data = read_file(file)
    session = open_session()
    _take_in(session, IntakeKind.REGISTER, find_unit(session, unit), batch, file, data, category, as_json, replace)


@click.group(cls=Group)
def rosters() -> None:
    """学籍名册."""


@rosters.command("import")
@file_argument
@click.option("--school", help="学校代码：整份名册都是这所学校的")
@click.option("--unit", help="县、市或省的代码：每行的学校标识码说明是哪所学校")
@term_option
@json_option
@answering
def import_roster(file: Path, school: str | None, unit: str | None, term: str, as_json: bool) -> None:
    """导入学籍名册（csv、xlsx、xls、parquet）."""
    if bool(school) == bool(unit):
        raise click.UsageError("--school 和 --unit 写且只写一个")
    data = read_file(file)
    session = open_session()
    owner = find_unit(session, school or unit or "")
    if school and owner.level is not UnitLevel.SCHOOL:
        raise Refused(f"{school} 是{owner.level.label}级单位，不是学校：整县的名册请用 --unit {school}")
    _take_in(session, IntakeKind.ROSTER, owner, term, file, data, "", as_json)


def _take_in(
    session: Session,
    kind: IntakeKind,
    unit: Unit,
    occasion: str,
    file: Path,
    data: bytes,
    category: str,
    as_json: bool,
    replaces: bool = False,
) -> None:
    steps = Steps()
    steps("收下文件")
    intake = receive(
        session, kind, unit, occasion, file.name, data, category, "command", clock.now(), replaces=replaces
    )
    intake_id = intake.id
    session.commit()
    if intake.state is IntakeState.KEPT and replaces and not intake.replaces and earlier_of(session, intake):
        raise Refused("这份文件已作为补充导入，同批次的其他名单还在：请先在“名单”页面撤回它们，不用再导入一次")
    if intake.state is IntakeState.KEPT:
        when = f"{local(intake.finished_at or intake.arrived_at):%Y-%m-%d %H:%M}"
        click.echo(f"同一份文件已于 {when} 导入，没有再导入一次", err=True)
    waited = False
    while intake.state in (IntakeState.WAITING, IntakeState.READING):
        session.commit()  # a file is read for minutes: the database ends a transaction that stands idle so long
        if not work_off(open_sessions(), intake_id, clock.now(), steps, KEEPERS):
            if not waited:
                click.echo("另一个进程在读这份文件，或刚刚中断：等它结束", err=True)
            waited = True
            sleep(WAIT)
        session.refresh(intake)
    if intake.state is IntakeState.REFUSED:
        raise Refused(intake.refused_because or "")
    steps.finish()
    findings = findings_of(intake)
    tell(as_json, _as_json(intake, findings), _summary(findings))


def _as_json(intake: Intake, findings: Findings) -> dict[str, Any]:
    """The contract's keys; what was repaired stands in clear, on the operator's own screen and nowhere else."""
    return {
        "rows": findings.rows,
        "kept": findings.kept,
        "repaired": [
            {"row": repair.row, "column": repair.column, "was": repair.was, "now": repair.now}
            for repair in findings.repaired
        ],
        "problems": [
            {"row": problem.row, "column": problem.column, "problem": problem.problem} for problem in findings.problems
        ],
        "import_id": str(intake.id),
    }


def _summary(findings: Findings) -> str:
    lines = [f"共 {findings.rows} 行，导入 {findings.kept} 行，修正 {len(findings.repaired)} 处"]
    if findings.dropped:
        lines.append(f"没有读取的列：{'、'.join(findings.dropped)}")
    lines += [f"第 {problem.row} 行 {problem.column}：{problem.problem}" for problem in findings.problems]
    return "\n".join(lines)
