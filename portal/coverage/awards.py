"""资助发放 comes in the national system's file alone, is laid beside the ledger; what differs is listed (N3-15)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, any_, delete, literal, select
from sqlalchemy.orm import Session, selectinload

from portal.clock import local
from portal.coverage.differing import Kind
from portal.coverage.moving import tell_anew
from portal.coverage.progress import note_paid
from portal.coverage.projects import own_names, policy_of
from portal.coverage.words import yuan_words
from portal.enrolment.local_standards import catalogue_of
from portal.intake.awards import AwardLine, read_awards
from portal.intake.findings import Findings
from portal.intake.problems import Problem
from portal.intake.progress import Progress
from portal.intake.spreadsheet import Table
from portal.matching.agreement import AGREES, NameAgreement, compare_names
from portal.models import Award, EnrolmentRecord, Entitlement, Intake, Pupil, StaffMember, StrayAward, Unit
from portal.vocabulary import Stage, Term, UnitLevel

PROJECT = 60
"""How much of a project's name is kept of a line that is nobody's here."""
DIFFERENT = frozenset(NameAgreement) - AGREES
Key = tuple[UUID, str, str]
"""Pupil, policy, term."""


class NotKept(Exception):
    """Why a line is no award of ours: the column and the sentence, and which difference that is."""

    def __init__(self, column: str, problem: str, kind: Kind = Kind.WRONG_PERSON) -> None:
        self.column, self.problem, self.kind = column, problem, kind


@dataclass
class _Desk:
    """What lies on the table while a file is gone through."""

    session: Session
    intake: Intake
    pupils: dict[bytes, list[Pupil]]
    rows: dict[Key, Entitlement]
    held: Mapping[tuple[UUID, str], set[str]]
    """Policies a pupil has a row for, by pupil and term."""
    awards: dict[tuple[UUID, str, str, date], Award]
    """Known so far, by pupil, policy, term and day."""
    stages: dict[UUID, Stage]
    schools: dict[str, UUID]
    """Of the unit, by 学校标识码."""
    own: Mapping[str, str]
    """Policies of the place's own, by name."""
    problems: list[Problem] = field(default_factory=list)
    touched: dict[Key, int] = field(default_factory=dict)
    """The rows that got an award, with the last line that says so."""

    def differs(self, row: int, column: str, problem: str) -> None:
        self.problems.append(Problem(row, column, problem, row_kept=True))


def keep_awards(session: Session, intake: Intake, table: Table, now: datetime, progress: Progress) -> Findings:
    """Awards of the unit's pupils are kept, their ledger rows become paid; what does not fit is said line by line."""
    progress.step("逐行核对")
    read = read_awards(table, day=local(now).date())
    intake.as_of = intake.as_of or local(intake.arrived_at).date()
    progress.step("与学生和台账核对")
    desk = _lay_out(session, intake, read.lines)
    _forget_strays(desk, read.lines)
    kept = 0
    for done, line in enumerate(read.lines, 1):
        try:
            _keep(desk, line)
            kept += 1
        except NotKept as why:
            desk.problems.append(Problem(line.row, why.column, why.problem, row_kept=False))
            _keep_stray(desk, line, why)
        progress.done = done
    session.flush()
    _settle(desk, now)
    return Findings(
        rows=read.rows,
        kept=kept,
        repaired=tuple(read.repaired),
        problems=tuple(sorted([*read.problems, *desk.problems], key=lambda problem: problem.row)),
        dropped=read.dropped,
    )


def _lay_out(session: Session, intake: Intake, lines: Iterable[AwardLine]) -> _Desk:
    """Only pupils of the unit's own schools: a file cannot ask about anybody else (N3-3)."""
    indexes = [index for line in lines if line.id_certain and (index := Pupil.id_number.digest(line.id_no))]
    schools = Unit.ids_below(intake.unit.path)
    found = session.scalars(
        select(Pupil)
        .where(Pupil.id_number_index == any_(literal(indexes, ARRAY(LargeBinary))), Pupil.school_id.in_(schools))
        .options(selectinload(Pupil.guardians))
    )
    pupils: defaultdict[bytes, list[Pupil]] = defaultdict(list)
    for pupil in found:
        pupils[pupil.id_number_index or b""].append(pupil)
    ids = [pupil.id for group in pupils.values() for pupil in group]
    rows = session.scalars(select(Entitlement).where(Entitlement.pupil_id.in_(ids)))
    records = session.execute(
        select(EnrolmentRecord.pupil_id, EnrolmentRecord.stage)
        .where(EnrolmentRecord.pupil_id.in_(ids))
        .order_by(EnrolmentRecord.term == intake.occasion)
    )
    by_key = {(row.pupil_id, row.policy, row.term): row for row in rows}
    held: defaultdict[tuple[UUID, str], set[str]] = defaultdict(set)
    for pupil_id, policy, term in by_key:
        held[pupil_id, term].add(policy)
    paid = session.scalars(select(Award).where(Award.pupil_id.in_(ids)))
    awards = {(award.pupil_id, award.policy, award.term, award.paid_on): award for award in paid}
    codes = session.execute(select(Unit.code, Unit.id).where(Unit.id.in_(schools), Unit.level == UnitLevel.SCHOOL))
    known = dict(iter(codes))
    stages = {pupil_id: stage for pupil_id, stage in records if stage}
    own = own_names(catalogue_of(session), intake.unit.code)
    return _Desk(session, intake, pupils, by_key, held, awards, stages, known, own)


def _forget_strays(desk: _Desk, lines: Iterable[AwardLine]) -> None:
    """Of a project the newest file alone says who is on it."""
    written = {line.policy[:PROJECT] for line in lines}
    below = StrayAward.unit_id.in_(Unit.ids_below(desk.intake.unit.path))
    of_term = StrayAward.term == desk.intake.occasion
    desk.session.execute(delete(StrayAward).where(below, of_term, StrayAward.project.in_(written)))


def _keep_stray(desk: _Desk, line: AwardLine, why: NotKept) -> None:
    stray = StrayAward(
        unit_id=desk.schools.get(line.school_code, desk.intake.unit_id), intake_id=desk.intake.id,
        term=desk.intake.occasion, project=line.policy[:PROJECT], kind=why.kind.value, file_row=line.row,
        why=why.problem[:200], yuan=line.amount, paid_on=line.paid_on, name=line.name,
    )  # fmt: skip
    desk.session.add(stray)


def _keep(desk: _Desk, line: AwardLine) -> None:
    pupil = _pupil(desk, line)
    term = _term(line, desk.intake.occasion)
    policy = policy_of(line.policy, desk.held.get((pupil.id, term), set()), desk.stages.get(pupil.id), desk.own)
    if policy is None:
        raise NotKept("资助项目", f"资助项目“{line.policy[:30]}”不认识，没有记下；请核对项目名称", Kind.UNKNOWN)
    paid_on = line.paid_on
    if paid_on is None:
        paid_on = desk.intake.as_of or local(desk.intake.arrived_at).date()
        desk.differs(line.row, "发放日期", "发放日期没有填写，先按数据截至日期记")
    award = _store(desk, line, pupil, policy, term, paid_on)
    award.payee_differs = bool(line.account_holder) and not _is_payee(pupil, line.account_holder)
    desk.touched[pupil.id, policy, term] = line.row
    if award.payee_differs:
        desk.differs(line.row, "收款账户户主", "收款账户户主不是学生本人，也不是登记的监护人，请核实")


def _pupil(desk: _Desk, line: AwardLine) -> Pupil:
    index = Pupil.id_number.digest(line.id_no)
    if not line.id_certain or index is None:
        raise NotKept("身份证件号", "没有可以确定的证件号，不能对到学生；请补上后重新导入这一行")
    found = desk.pupils.get(index, [])
    if not found:
        raise NotKept("身份证件号", "本单位的学籍里没有这个学生，没有记下；请核对证件号和学校")
    pupil = next((pupil for pupil in found if pupil.school.code == line.school_code), found[0])
    if compare_names(pupil.name or "", pupil.former_name or "", line.name) in DIFFERENT:
        raise NotKept("姓名", "证件号与学籍一致而姓名不同，没有记下；请核对是不是同一个人")
    if line.school_code and pupil.school.code != line.school_code:
        desk.differs(line.row, "学校标识码", f"学籍在“{pupil.school.name}”，与名单上的学校不同")
    return pupil


def _term(line: AwardLine, occasion: str) -> str:
    """A grant for the whole school year counts in the term the file was brought in for."""
    if line.term is None:
        return occasion
    year = int(line.school_year[:4])
    return f"{year}-autumn" if line.term is Term.AUTUMN else f"{year + 1}-spring"


def _store(desk: _Desk, line: AwardLine, pupil: Pupil, policy: str, term: str, paid_on: date) -> Award:
    """The same grant of the same day in a later file is the same grant; the newer sum stands."""
    award = desk.awards.get((pupil.id, policy, term, paid_on))
    if award is None:
        row = desk.rows.get((pupil.id, policy, term))
        school_id = row.school_id if row else pupil.school_id  # beside its row, should that be a former school's
        award = Award(pupil_id=pupil.id, school_id=school_id, policy=policy, term=term, paid_on=paid_on)
        award.yuan = line.amount
        desk.session.add(award)
        desk.awards[pupil.id, policy, term, paid_on] = award
    elif award.yuan != line.amount:
        was = f"{yuan_words(award.yuan)}元改为{yuan_words(line.amount)}元"
        desk.differs(line.row, "金额", f"同一天的这笔发放以前记的金额不同，已由{was}")
        award.yuan = line.amount
    award.intake_id, award.as_of, award.payee = desk.intake.id, desk.intake.as_of, line.account_holder
    return award


def _is_payee(pupil: Pupil, holder: str) -> bool:
    theirs = [pupil.name or "", *(guardian.name or "" for guardian in pupil.guardians)]
    return any(name and compare_names(name, "", holder) not in DIFFERENT for name in theirs)


def _settle(desk: _Desk, now: datetime) -> None:
    """Every touched row is told the sum of its awards; where there is no row, or another sum is due, it is said."""
    staff = desk.intake.by_staff_id and desk.session.get(StaffMember, desk.intake.by_staff_id)
    by = staff.actor if staff else "command"
    sums: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for award in desk.awards.values():
        sums[award.pupil_id, award.policy, award.term] += award.yuan
    for key, line in desk.touched.items():
        row, paid = desk.rows.get(key), sums[key]
        if row is None:
            desk.differs(line, "姓名", "已记下发放，但台账里没有这一行：请核对这名学生是否在名单里")
            continue
        note_paid(desk.session, row, paid, by, now)
        tell_anew(desk.session, row.pupil_id)
        if row.due_yuan is not None and paid not in (row.due_yuan, 2 * row.due_yuan):
            both = f"已发{yuan_words(paid)}元，本学期应发{yuan_words(row.due_yuan)}元"
            desk.differs(line, "金额", f"发放金额与台账不同：{both}，请核实")
