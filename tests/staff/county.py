"""A small invented county as staff meet it: two schools, a bureau, a neighbour, and something to see on every page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal.access.scope import scope_of
from portal.access.slips import issue_slips
from portal.clock import SchoolTerm, local
from portal.coverage import bulletins, further_aid, inspections, moving, public_notices
from portal.coverage.additions import Found, nominate
from portal.coverage.back_fills import Asked, mark
from portal.coverage.counted import Measure
from portal.coverage.exports import ask
from portal.coverage.ledger import open_rows
from portal.coverage.public_notices import Notice
from portal.coverage.steps import note_change
from portal.coverage.templates import TEMPLATES
from portal.database import EVERYTHING, db
from portal.enrolment import corrections
from portal.enrolment.local_standards import propose
from portal.enrolment.matching_runs import run
from portal.enrolment.moves import Event
from portal.enrolment.review import settle
from portal.models import (
    Addition,
    Bulletin,
    BureauQuestion,
    Campaign,
    ContactTask,
    Correction,
    DoubleEnrolment,
    Entitlement,
    ExportRequest,
    FurtherAid,
    InspectionSample,
    Intake,
    MatchPair,
    Message,
    Move,
    OutreachPause,
    PolicyOverlay,
    PublicNotice,
    Pupil,
    Reply,
    SchoolClass,
    StaffMember,
    TermClosing,
    Unit,
    Wording,
)
from portal.outreach import campaigns, pauses
from portal.outreach.campaigns import Days
from portal.outreach.dispatch import tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.rungs import CALL, families_of, open_tasks
from portal.outreach.wordings import name_of, save
from portal.policies.catalogue import load_catalogue
from portal.privacy.resident_id import check_digit_of
from portal.vocabulary import (
    Answer,
    Audience,
    Channel,
    ClaimMode,
    EntitlementState,
    FoundBy,
    IntakeKind,
    MessageState,
    MoveKind,
    ReplyKind,
    Role,
    UnitLevel,
)
from tests.builders import (
    A_MONDAY,
    PASSWORD,
    TERM,
    a_bureau,
    a_county,
    a_proposal,
    a_pupil,
    a_school,
    a_staff_member,
    a_unit,
    an_entry,
    an_intake,
)

CATALOGUE = load_catalogue()
ACCOUNTS = {
    # role: account, at which unit of the county below
    Role.TEACHER: ("t4", "school"),
    Role.SCHOOL_OFFICER: ("sch1", "school"),
    Role.COUNTY_OFFICER: ("cnty", "county"),
    Role.CITY_OFFICER: ("city", "city"),
    Role.PROVINCE_OFFICER: ("prov", "province"),
    Role.BUREAU_OFFICER: ("mz", "bureau"),
    Role.INSPECTOR: ("insp", "county"),
    Role.ACCOUNT_KEEPER: ("keeper", "county"),
}


@dataclass(frozen=True)
class Things:
    """What an address may name, of one school or its county."""

    pupil: Pupil
    row: Entitlement
    correction: Correction
    intake: Intake
    register: Intake
    member: StaffMember
    pair: MatchPair
    """A brother's, for a person to settle."""
    act_id: UUID
    """Of another that was put to the bureau."""
    question: BureauQuestion
    """What was asked of it."""
    addition: Addition
    """The brother, proposed by his school."""
    double: DoubleEnrolment
    """A row as the school sees it."""
    standard: PolicyOverlay
    """The county's own, waiting for a second person."""
    campaign: Campaign
    pause: OutreachPause
    wording: Wording
    task: ContactTask
    sample: InspectionSample
    bulletin: Bulletin
    """Of the unit above the county."""
    move: Move
    """Of a child on the way from another school of the county to this one."""
    closing: TermClosing
    """Of the term before."""
    press_id: UUID
    """One press of a button on ``row``."""
    mark_id: UUID
    """One press of 标记已回填 on ``row``."""
    request: ExportRequest
    """A colleague's, waiting for a second person."""
    further: FurtherAid
    notice: PublicNotice
    settled_id: UUID
    """One press on what families said."""
    message: Message
    """Of the pupil's family; a gateway never said what became of it."""
    reply: Reply
    """To it."""


@dataclass(frozen=True)
class StaffCounty:
    """``ours`` belongs to the unit of every account of ACCOUNTS, ``theirs`` to the next county of another province."""

    units: dict[str, Unit]
    ours: Things
    theirs: Things


def a_staff_county(session: Session, now: datetime = A_MONDAY) -> StaffCounty:
    """Committed: 王小雨 is listed and has a ledger row, her brother's household is; both are reminded."""
    county = a_county(session)
    school = a_school(session, county)
    city = county.parent or county
    province = city.parent or city
    units = {
        "school": school,
        "county": county,
        "city": city,
        "province": province,
        "bureau": a_bureau(session, county),
    }
    for role, (account, place) in ACCOUNTS.items():
        a_staff_member(session, account, role, units[place], name=f"{role.label}甲")
    teacher = session.scalars(select(StaffMember).where(StaffMember.role == Role.TEACHER)).one()
    session.add(SchoolClass(school_id=school.id, grade="四年级", name="(2)班", staff_id=teacher.id))
    far = a_unit(session, "41", UnitLevel.PROVINCE, name="外省")
    far_county = a_unit(session, "419901", UnitLevel.COUNTY, far, name="外省示例县教育局")
    far_school = a_school(session, far_county, "4199010001", "外省示例小学")
    ours = _things(session, school, county, units["bureau"], "王小雨", "329901201603050015", "19900000001", now)
    far_bureau = a_bureau(session, far_county, "419901-MZ")
    theirs = _things(session, far_school, far_county, far_bureau, "赵远", "419901201510010067", "19900000005", now)
    a_staff_member(session, "far", Role.COUNTY_OFFICER, far_county)
    session.commit()
    return StaffCounty(units, ours, theirs)


def _things(
    session: Session, school: Unit, county: Unit, bureau: Unit, name: str, number: str, phone: str, now: datetime
) -> Things:
    pupil = a_pupil(session, school, name, number, phone)
    brother = a_pupil(session, school, f"{name[0]}小川", _brothers(number), phone, grade="二年级", grade_number=2)
    entry = an_entry(session, name, number, bureau=bureau)
    an_entry(session, f"{name[0]}小穿", _brothers(number), bureau=bureau)
    asked = an_entry(session, f"{name[0]}小传", _brothers(number), "DIS", bureau)
    open_rows(session, run(session, county, SchoolTerm.parse(TERM), "command", now), CATALOGUE, now)
    issue_slips(session, [pupil], now)
    session.flush()
    row = session.scalars(select(Entitlement).where(Entitlement.pupil_id == pupil.id)).first() or _row(
        session, pupil, now
    )
    said = corrections.record(session, pupil, TERM, "wrong_details", "班级写错了", "family", now)
    member = a_staff_member(session, f"other-{school.code}", Role.SCHOOL_OFFICER, school, name="同事乙")
    pairs = {
        pair.register_entry_id == asked.id: pair
        for pair in session.scalars(select(MatchPair).where(MatchPair.pupil_id == brother.id))
    }
    (settlement,) = settle(session, [pairs[True]], Answer.ASK, member, now)
    roster = an_intake(session, school, IntakeKind.ROSTER)
    question = session.scalars(select(BureauQuestion).where(BureauQuestion.settlement_id == settlement.id)).one()
    proposed = Found("GENERAL", FoundBy.SCHOOL_VISIT, "家里有人生病")
    addition = nominate(session, brother, TERM, proposed, member, now)
    double = _double(session, brother, now)
    standard = propose(session, county, a_proposal(), member, now)
    reach = _reaching(session, school, pupil, now)
    sample = inspections.draw(session, county, TERM, Measure.ALL, 20, "2026", member, now)
    bulletin = _bulletin(session, county.parent or county, member, now)
    return Things(
        pupil, row, said, roster, entry.intake, member, pairs[False], settlement.act_id, question, addition, double,
        standard, *reach, sample, bulletin, _coming(session, school, county, member, now),
        _closing(session, school, member, now), _press(session, row, member, now),
        *_typed(session, row, member, now),
        further_aid.flag(session, pupil, "家里有人长期生病", member, now),
        public_notices.put_up(session, school, _a_notice(pupil, now), CATALOGUE, member, now),
        _settled(session, brother, member, now),
        *_unknown_message(session, pupil, phone, now),
    )  # fmt: skip


def _closing(session: Session, school: Unit, by: StaffMember, now: datetime) -> TermClosing:
    closing = TermClosing(
        school_id=school.id, term="2026-spring", closed_at=now, by=f"staff:{by.account}", by_name=by.display_name,
        rows=1, aided=1, paid_yuan=500,
    )  # fmt: skip
    session.add(closing)
    session.flush()
    return closing


def _press(session: Session, row: Entitlement, by: StaffMember, now: datetime) -> UUID:
    press_id = uuid4()
    note_change(session, row, f"staff:{by.account}", now, "学校记下：家长来过电话", press_id)
    session.flush()
    return press_id


def _a_notice(pupil: Pupil, now: datetime) -> Notice:
    day = local(now).date()
    return Notice("UG-NS", SchoolTerm.parse(TERM), pupil.name or "", day, day + timedelta(days=10))


def _typed(session: Session, row: Entitlement, by: StaffMember, now: datetime) -> tuple[UUID, ExportRequest]:
    asked = Asked(scope_of(row.school), TERM, TEMPLATES["library"], local(now).date())
    press, _ = mark(session, asked, [row.id], by, now)
    return press, ask(session, asked, "report", "录入就学信息库", by, now)


def _settled(session: Session, pupil: Pupil, by: StaffMember, now: datetime) -> UUID:
    said = corrections.record(session, pupil, TERM, "other", "换了手机", "family", now)
    return corrections.settle_alike(session, [said], "", f"staff:{by.account}", now)


def _unknown_message(session: Session, pupil: Pupil, phone: str, now: datetime) -> tuple[Message, Reply]:
    message = Message(
        school_id=pupil.school_id, matter="notice:2026-autumn", step=1, channel=Channel.SMS, gateway="sandbox",
        phone=phone, template="notice", template_version=1, parts=1, state=MessageState.UNKNOWN, due_at=now,
        planned_at=now, sent_at=now,
    )  # fmt: skip
    session.add(message)
    session.flush()
    reply = Reply(
        key=message.id.bytes, gateway="sandbox", channel=Channel.SMS, kind=ReplyKind.WORDS, sender=phone,
        text="是真的吗", message_id=message.id, school_id=pupil.school_id, arrived_at=now,
    )  # fmt: skip
    session.add(reply)
    session.flush()
    return message, reply


def _bulletin(session: Session, unit: Unit, by: StaffMember, now: datetime) -> Bulletin:
    session.flush()
    drawn = bulletins.draft(session, unit, SchoolTerm.parse(TERM), now)
    return bulletins.issue(session, drawn, drawn.digest, drawn.title, "", by, now)


def _reaching(session: Session, school: Unit, pupil: Pupil, now: datetime) -> tuple[Any, ...]:
    """A campaign in an officer's own words, a pause that is over, and a call to be made."""
    term, day = SchoolTerm.parse(TERM), local(now).date()
    wording = save(session, school, "家长会", "周五家长会讲学生资助,请参加,电话〔电话〕", "staff:x", now)
    days, name = Days(day, day + timedelta(days=14)), name_of(wording)
    campaign = campaigns.make(session, school, "家长会", Audience.EVERYONE, name, term, days, "staff:x", now)
    pause = pauses.pause(session, school.id, "核实名单", "staff:x", now)
    pauses.lift(session, pause, "staff:x", now)
    (family,) = families_of(session, term, [pupil.id])
    open_tasks(session, CALL, term, [(family, "登记的号码都联系不上")], now)
    task = session.scalars(select(ContactTask).where(ContactTask.pupil_id == pupil.id)).one()
    return campaign, pause, wording, task


def _coming(session: Session, school: Unit, county: Unit, member: StaffMember, now: datetime) -> Move:
    """Recorded by the school the child left; both see it."""
    left = a_school(session, county, f"{county.code}0009", f"{county.name[:-3]}第九小学")
    pupil = a_pupil(session, left, "孙转", None, None)
    event = Event(MoveKind.TRANSFER, local(now).date(), school.code)
    return moving.record(session, pupil, event, member, now)


def _double(session: Session, pupil: Pupil, now: datetime) -> DoubleEnrolment:
    """As a run leaves it for the school's side."""
    other = a_school(session, a_county(session, "329903", "第三县"), "3299030001", "第三县小学")
    double = DoubleEnrolment(
        pupil_id=pupil.id,
        school_id=pupil.school_id,
        other_school_id=other.id,
        term=TERM,
        aided_here=True,
        found_at=now,
    )
    session.add(double)
    session.flush()
    return double


def _brothers(number: str) -> str:
    """329901201809170039 for 王小雨's; the other county's is made alike."""
    first = f"{number[:6]}20180917003"
    return first + check_digit_of(first)


def _row(session: Session, pupil: Pupil, now: datetime) -> Entitlement:
    """By hand where the catalogue, which is Jiangsu's, grants nothing."""
    row = Entitlement(
        pupil_id=pupil.id,
        school_id=pupil.school_id,
        policy="CMP-LIVE",
        term=TERM,
        state=EntitlementState.MATCHED,
        claim_mode=ClaimMode.AUTO,
        due_yuan=500,
        paid_yuan=0,
        version_from=date(2025, 9, 1),
        reason="R16",
        owner_level=UnitLevel.SCHOOL,
        next_step="核实是否在校、是否需要资助",
        next_step_due=date(2026, 9, 21),
        opened_at=now,
    )
    session.add(row)
    session.flush()
    return row


def remind(app: Flask, now: datetime = A_MONDAY + timedelta(minutes=5)) -> None:
    """The sandbox's phones get what is due."""
    with app.app_context():
        tick(sessionmaker(db.engine, info={"reach": EVERYTHING}), (Sandbox(),), now)


def sign_in(client: FlaskClient, account: str) -> None:
    token = token_on(client, "/staff/sign-in")
    client.post("/staff/sign-in", data={"account": account, "password": PASSWORD, "csrf_token": token})


def token_on(client: FlaskClient, path: str) -> str:
    """The hidden field against cross-site forms, as the page at this address has it."""
    html = client.get(path).text
    return html.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
