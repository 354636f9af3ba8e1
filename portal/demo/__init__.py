"""An invented county, once, on an empty database: real files through the real roads of intake, matching and ledger."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.access.accounts import make_account, random_password
from portal.access.class_teachers import classes_of, give_classes
from portal.access.slips import issue_slips, spaced
from portal.clock import SHANGHAI, SchoolTerm, local, term_of
from portal.coverage.keepers import KEEPERS
from portal.coverage.ledger import open_rows
from portal.demo import families, files
from portal.demo.people import COLLEGE, K1, KNOWN, MIDDLE, NEIGHBOUR, PRIMARY, Child, everybody
from portal.demo.sizes import SIZES, Size
from portal.enrolment.matching_runs import run
from portal.intake.receive import receive
from portal.intake.units import load_units
from portal.intake.work_off import work_off
from portal.models import Demonstration, Pupil, SchoolClass, StaffMember, Unit
from portal.outreach import reminders
from portal.outreach.dispatch import tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.quiet import next_allowed
from portal.policies.catalogue import Catalogue
from portal.vocabulary import IntakeKind, Role, Term

Say = Callable[[str], None]

TEACHERS = ("李老师", "周老师", "陈老师", "杨老师", "赵老师", "黄老师", "刘老师")
STAFF = (
    # account, name, role, unit
    ("t4", "李老师", Role.TEACHER, PRIMARY),
    ("sch1", "张老师", Role.SCHOOL_OFFICER, PRIMARY),
    ("sch2", "吴老师", Role.SCHOOL_OFFICER, MIDDLE),
    ("cnty", "陈老师", Role.COUNTY_OFFICER, "329901"),
    ("cnty2", "林老师", Role.COUNTY_OFFICER, "329902"),
    ("city", "郑老师", Role.CITY_OFFICER, "3299"),
    ("mz", "民政局数据员", Role.BUREAU_OFFICER, "329901-MZ"),
    ("insp", "督查员", Role.INSPECTOR, "329901"),
    ("keeper", "账号管理员", Role.ACCOUNT_KEEPER, "329901"),
)


@dataclass(frozen=True)
class DemoAccount:
    """``password`` is shown once and kept nowhere."""

    account: str
    role: str
    unit: str
    password: str


@dataclass(frozen=True)
class DemoFamily:
    """With the slip code and the birth date a family signs in."""

    child: str
    slip: str
    birth_date: date | None


@dataclass(frozen=True)
class Demo:
    """What was made, for whoever started it to try out."""

    term: str
    accounts: tuple[DemoAccount, ...]
    families: tuple[DemoFamily, ...]
    pupils: int
    certain: int
    rows: int
    messages: int


def silent(_words: str) -> None:
    """For makers whom nobody watches."""


def make_demo(
    sessions: "sessionmaker[Session]",
    catalogue: Catalogue,
    now: datetime,
    say: Say = silent,
    size: Size = SIZES["small"],
) -> Demo | None:
    """None where there is anything already; one that was interrupted is finished. ``sessions`` reach everything.

    All of it ends on the last morning on which messages could leave, so that the reminders are there to be seen.
    """
    now = last_morning(now)
    with sessions.begin() as session:
        if not _may_begin(session):
            return None
        _mark(session, now)
        load_units(session, size.units.encode(), "command")
    term = term_of(local(now).date())
    began = max(now - timedelta(days=size.days), datetime.combine(term.first_day, time(10), SHANGHAI).astimezone(UTC))
    began = min(began, now)
    children = everybody(int(term.school_year[:4]), size.years)
    _take_in_files(sessions, children, size, term, began, say)
    certain = rows = 0
    for unit in ("329901", "329902", COLLEGE):
        with sessions.begin() as session:
            made = run(session, _unit(session, unit), term, "command", began, lambda words: say(f"比对：{words}"))
            say("开立台账")
            certain += made.counts["certain"]
            rows += open_rows(session, made, catalogue, began).rows
    say("家长确认，发放")
    paid = families.answer(sessions, children, size, term, now)
    data = files.awards([(one.child, one.yuan) for one in paid], term, local(now).date().isoformat())
    _take_in(sessions, IntakeKind.AWARDS, "329901", term.code, "受助名单.csv", data, now)
    families.receive(sessions, paid, term, now)
    say("发告知单，开账号")
    with sessions.begin() as session:
        _name_teachers(session)
        told = _give_slips(session, now)
        accounts = tuple(_open_account(session, *line, now) for line in STAFF)
        _give_class(session)
    say("提醒还没有确认的家庭")
    messages = _remind(sessions, size, now)
    return Demo(term.code, accounts, told, len(children), certain, rows, messages)


def _remind(sessions: "sessionmaker[Session]", size: Size, now: datetime) -> int:
    if size.leave:
        return tick(sessions, (Sandbox(),), now).handed.total()
    with sessions.begin() as session:
        return reminders.plan(session, now, Sandbox().name).messages


def last_morning(now: datetime) -> datetime:
    """10:00 of the last day, today included, on which messages could leave."""
    moment = datetime.combine(local(now).date(), time(10), SHANGHAI).astimezone(UTC)
    while moment > now or next_allowed(moment) != moment:
        moment -= timedelta(days=1)
    return moment


def _may_begin(session: Session) -> bool:
    if session.scalars(select(StaffMember.id)).first() is not None:
        return False
    return session.get(Demonstration, 1) is not None or session.scalars(select(Unit.id)).first() is None


def _mark(session: Session, now: datetime) -> None:
    if session.get(Demonstration, 1) is None:
        session.add(Demonstration(id=1, made_at=now))


def _take_in_files(
    sessions: "sessionmaker[Session]",
    children: tuple[Child, ...],
    size: Size,
    term: SchoolTerm,
    now: datetime,
    say: Say,
) -> None:
    """The story's schools are handed in by the offices above them, every other school hands in its own."""
    of_school: defaultdict[str, list[Child]] = defaultdict(list)
    for child in children:
        of_school[_handed_in_by(child, size)].append(child)
    for place, (unit, some) in enumerate(of_school.items(), 1):
        say(f"导入学籍名册，第{place}份，共{len(of_school)}份")
        _take_in(sessions, IntakeKind.ROSTER, unit, term.code, "学籍名册.xlsx", files.roster(some), now)
    say("导入困难群体名单")
    for register in files.registers(children):
        _take_in(sessions, IntakeKind.REGISTER, register.unit, _batch(term), register.file_name, register.data, now)


def _handed_in_by(child: Child, size: Size) -> str:
    if child.school in {school.code for school in size.schools}:
        return child.school
    return _reports_to(child)


def _reports_to(child: Child) -> str:
    return {COLLEGE: COLLEGE, NEIGHBOUR: "329902"}.get(child.school, "329901")


def _batch(term: SchoolTerm) -> str:
    """The month before the term."""
    return f"{term.first_day.year}-{'08' if term.half is Term.AUTUMN else '01'}"


def _unit(session: Session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def _take_in(
    sessions: "sessionmaker[Session]", kind: IntakeKind, unit: str, occasion: str, name: str, data: bytes, now: datetime
) -> None:
    with sessions.begin() as session:
        intake_id = receive(session, kind, _unit(session, unit), occasion, name, data, "", "command", now).id
    work_off(sessions, intake_id, now, keepers=KEEPERS)


def _name_teachers(session: Session) -> None:
    """The rosters named the classes; who teaches them no roster says."""
    classes = session.scalars(select(SchoolClass).join(Unit, Unit.id == SchoolClass.school_id).order_by(Unit.code))
    for place, one in enumerate(classes):
        is_fourth = (one.grade, one.name) == (K1.grade, K1.class_name)
        one.teacher = "李老师" if is_fourth else TEACHERS[place % len(TEACHERS)]


def _give_class(session: Session) -> None:
    """t4 teaches K1's class."""
    teacher = session.scalars(select(StaffMember).where(StaffMember.account == "t4")).one()
    mine = {one for one in classes_of(session, teacher) if (one.grade, one.name) == (K1.grade, K1.class_name)}
    give_classes(session, teacher, mine, "command")


def _give_slips(session: Session, now: datetime) -> tuple[DemoFamily, ...]:
    """Every pupil has one, so that having one brands nobody; those of the eight are told."""
    pupils = list(session.scalars(select(Pupil)))
    slips = issue_slips(session, pupils, now)
    by_number = {pupil.id_number_index: pupil for pupil in pupils}
    told = [by_number[Pupil.id_number.digest(child.number)] for child in KNOWN]
    return tuple(DemoFamily(pupil.name or "", spaced(slips[pupil.id].code or ""), pupil.birth_date) for pupil in told)


def _open_account(session: Session, account: str, name: str, role: Role, unit: str, now: datetime) -> DemoAccount:
    password, of_unit = random_password(), _unit(session, unit)
    make_account(session, account, name, role, of_unit, password, now)
    return DemoAccount(account, role.label, of_unit.name, password)
