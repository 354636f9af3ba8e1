"""Planning, which is one statement of the database, beside a planner in plain Python that goes from pupil to pupil."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI, local
from portal.enrolment.confirmation import confirm
from portal.models import EnrolmentRecord, Guardian, Message, MessagePupil, OptOut, OutreachPause, Pupil, WechatBinding
from portal.outreach.quiet import first_allowed, next_allowed
from portal.outreach.reminders import plan
from portal.suppliers import Apps
from portal.vocabulary import Channel, Decision, MessageState
from tests.builders import A_MONDAY, TERM, a_pupil, a_school
from tests.coverage.builders import a_match

MATTER = f"enrolment-not-confirmed:{TERM}"
LANDLINE = "0510-12345678"
PHONES = ("19900005001", "19900005002", "19900005003", LANDLINE)
NAMES = "王丽", "李强", "张敏", "刘洋", "陈静"
WAITING = {MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING}
NOTHING_CAME = {MessageState.FAILED, MessageState.SUPPRESSED}
REFUSABLE = (Channel.SMS, Channel.WECHAT)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Child:
    """``numbers``: guardians' names and phones, the first guardian's first."""

    school: int
    grade: int
    match: Decision | None
    confirmed: bool
    left: bool
    bound: bool
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Past:
    """A message of the days before, about as many of the children beside its number as there are."""

    phone: str
    ours: bool
    step: int
    channel: Channel
    state: MessageState
    because: str | None
    days_ago: float
    sent: bool


@dataclass(frozen=True)
class World:
    children: tuple[Child, ...]
    past: tuple[Past, ...]
    refused: frozenset[tuple[str, Channel]]
    paused: frozenset[int]
    now: datetime


def a_world(chance: Random) -> World:
    """Full enough that numbers, families, refusals and earlier messages meet."""
    return World(
        children=tuple(_a_child(chance) for _ in range(chance.randint(4, 12))),
        past=tuple(_a_message(chance) for _ in range(chance.randint(0, 4))),
        refused=frozenset((chance.choice(PHONES[:3]), chance.choice(REFUSABLE)) for _ in range(chance.randint(0, 2))),
        paused=frozenset(chance.choice([(), (), (), (1,)])),
        now=chance.choice([A_MONDAY, A_MONDAY + timedelta(hours=11), datetime(2026, 9, 30, 10, tzinfo=SHANGHAI)]),
    )


def _a_child(chance: Random) -> Child:
    return Child(
        school=chance.randrange(2),
        grade=chance.randint(1, 6),
        match=chance.choice([Decision.CERTAIN] * 4 + [Decision.HOUSEHOLD] * 2 + [Decision.POSSIBLE, None]),
        confirmed=chance.random() < 0.15,
        left=chance.random() < 0.1,
        bound=chance.random() < 0.2,
        numbers=tuple((chance.choice(NAMES), chance.choice(PHONES)) for _ in range(chance.choice([0, 1, 1, 1, 2, 2]))),
    )


def _a_message(chance: Random) -> Past:
    return Past(
        phone=chance.choice(PHONES[:3]),
        ours=chance.random() < 0.7,
        step=chance.choice([1, 1, 2, 2, 3]),
        channel=chance.choice([Channel.SMS, Channel.SMS, Channel.WECHAT]),
        state=chance.choice([*MessageState, *[MessageState.FAILED] * 4]),
        because=chance.choice([None, "no_words", "shared_number"]),
        days_ago=chance.choice([0.0, 0.5, 1.5, 2.5, 3.5, 5.0]),
        sent=chance.random() < 0.5,
    )


@dataclass(frozen=True)
class Row:
    """What was planned for one number."""

    phone: str
    step: int
    channel: Channel
    school: int
    pupils: frozenset[int]
    due_at: datetime | None
    """None where it is only kept as proof that a shared number was not written to."""


# every example is rolled back to where it began, so the fixture may be shared
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=True))
def test_the_database_plans_what_a_plain_planner_plans(session: Session, chance: Random) -> None:
    world = a_world(chance)
    note(str(world))
    with session.begin_nested() as savepoint:
        schools = [a_school(session), a_school(session, code="3299010002", name="示例县第二小学")]
        ids = [_make(session, child, schools[child.school], number) for number, child in enumerate(world.children)]
        before = {_tell(session, world, past, ids) for past in world.past}
        for phone, channel in world.refused:
            session.add(OptOut(phone_index=_index(phone), channel=channel, source="reply", at=A_MONDAY))
        for school in world.paused:
            session.add(OutreachPause(unit_id=schools[school].id, begun_at=A_MONDAY, begun_by="x", because="x"))
        session.flush()

        planned = plan(session, world.now, "sandbox", apps=Apps(appid="wx"))
        found = _rows(session, before, ids, [school.id for school in schools])
        expected, left_out = naive(world, ids)
        savepoint.rollback()
    assert found == expected
    assert planned.suppressed == left_out
    assert planned.messages == sum(row.due_at is not None for row in expected)


def _make(session: Session, child: Child, school: object, number: int) -> UUID:
    pupil = a_pupil(session, school, name=f"学生{number}", id_number=None, phone=None, grade_number=child.grade)  # type: ignore[arg-type]
    for guardian in pupil.guardians:
        session.delete(guardian)
    for position, (name, phone) in enumerate(child.numbers, 1):
        session.add(Guardian(pupil_id=pupil.id, school_id=pupil.school_id, position=position, name=name, phone=phone))
    if child.match:
        a_match(session, pupil, decision=child.match)
    if child.confirmed:
        confirm(session, pupil, TERM, True, True, "family", A_MONDAY)
    if child.left:
        record = session.scalars(select(EnrolmentRecord).where(EnrolmentRecord.pupil_id == pupil.id)).one()
        record.left_on = A_MONDAY.date()
    if child.bound:
        binding = WechatBinding(
            pupil_id=pupil.id, school_id=pupil.school_id, appid="wx", by_student=False, words_version=1,
            agreed_at=A_MONDAY,
        )  # fmt: skip
        binding.openid = f"o{number}"
        session.add(binding)
    session.flush()
    return pupil.id


def _tell(session: Session, world: World, past: Past, ids: Sequence[UUID]) -> UUID:
    at = world.now - past.days_ago * DAY
    message = Message(
        id=uuid4(), school_id=session.scalars(select(Pupil.school_id)).first(), matter=MATTER if past.ours else "other",
        step=past.step, channel=past.channel, gateway="sandbox", phone=past.phone, template="", template_version=0,
        parts=1, state=past.state, because=past.because, due_at=at, planned_at=at, sent_at=at if past.sent else None,
    )  # fmt: skip
    session.add(message)
    session.flush()
    for number in _beside(world, past.phone):
        child = session.get_one(Pupil, ids[number])
        session.add(MessagePupil(message_id=message.id, pupil_id=child.id, school_id=child.school_id))
    return message.id


def _index(phone: str) -> bytes:
    return Message.phone.digest(phone) or b""


def _rows(session: Session, before: set[UUID], ids: Sequence[UUID], schools: Sequence[UUID]) -> set[Row]:
    phones = {_index(phone): phone for phone in PHONES}
    return {
        Row(
            phones[message.phone_index],
            message.step,
            message.channel,
            schools.index(message.school_id),
            frozenset(ids.index(beside.pupil_id) for beside in message.pupils),
            message.due_at if message.state is MessageState.QUEUED else None,
        )
        for message in session.scalars(select(Message).where(Message.id.not_in(before)))
    }


def naive(world: World, ids: Sequence[UUID]) -> tuple[set[Row], Counter[str]]:
    """Pupil by pupil, number by number, as somebody with pencil and paper would."""
    chosen, left_out = set[str](), Counter[str]()
    for number, child in enumerate(world.children):
        if not _waits(child, Decision.CERTAIN) or child.school in world.paused or _was_told(world, number):
            continue
        phone, why = _number_for(world, child)
        if phone is None or why:
            left_out[why or "no_mobile"] += 1
        else:
            chosen.add(phone)
    rows = {row for phone in chosen if (row := _row(world, phone, ids))}
    left_out["shared_number"] += sum(row.due_at is None for row in rows)
    return rows, +left_out


def _waits(child: Child, *decisions: Decision) -> bool:
    return child.match in decisions and not child.confirmed and not child.left


def _beside(world: World, phone: str) -> list[int]:
    return [number for number, child in enumerate(world.children) if phone in dict(map(reversed, child.numbers))]


def _was_told(world: World, number: int) -> bool:
    """By a number that still is the child's."""
    mine = [past for past in _ours(world) if number in _beside(world, past.phone)]
    return any(
        past.state in WAITING
        or past.step >= 3
        or (past.state is MessageState.SUPPRESSED and past.because == "shared_number")
        or (not _fell_through(past) and past.days_ago < (1 if past.state is MessageState.FAILED else 3))
        for past in mine
    )


def _ours(world: World) -> list[Past]:
    return [_given_up(past) for past in world.past if past.ours]


def _given_up(past: Past) -> Past:
    """What WeChat was not given for a day ends before anything is planned."""
    late = past.channel is Channel.WECHAT and past.state is MessageState.QUEUED and past.days_ago > 1
    return Past(**{**past.__dict__, "state": MessageState.FAILED, "because": None, "sent": False}) if late else past


def _fell_through(past: Past) -> bool:
    return past.channel is Channel.WECHAT and past.state in NOTHING_CAME


def _number_for(world: World, child: Child) -> tuple[str | None, str | None]:
    """The best of its mobiles, and why even that one is not written to."""
    by_number: dict[str, int] = {}
    for position, (_, phone) in enumerate(child.numbers):
        if phone != LANDLINE:
            by_number.setdefault(phone, position)
    judged = [
        (why is not None, _is_shared(world, phone), position, _index(phone), phone, why)
        for phone, position in by_number.items()
        for why in [_why_not(world, phone)]
    ]
    return min(judged)[4:] if judged else (None, None)


def _why_not(world: World, phone: str) -> str | None:
    if (phone, Channel.SMS) in world.refused:
        return "opted_out"
    failed = [past for past in _ours(world) if past.phone == phone and past.state is MessageState.FAILED]
    return "spent" if sum(past.channel is Channel.SMS for past in failed) >= 2 else None


def _is_shared(world: World, phone: str) -> bool:
    """Of more than three families: as many as there are names of those who hold it, or more than six children."""
    holders = [
        next(name for name, mine in world.children[one].numbers if mine == phone) for one in _beside(world, phone)
    ]
    return len(set(holders)) > 3 or len(holders) > 6


def _row(world: World, phone: str, ids: Sequence[UUID]) -> Row | None:
    told = [past for past in _ours(world) if past.phone == phone]
    came = [past for past in told if not _fell_through(past)]
    step = max((past.step for past in told), default=0)
    if any(past.state in WAITING for past in told) or step >= 3:
        return None
    if came:
        last = min(past.days_ago for past in came)
        failed = [past.days_ago for past in told if past.state is MessageState.FAILED]
        if last < (1 if failed and min(failed) == last else 3):
            return None
    about = [one for one in _beside(world, phone) if _waits(world.children[one], Decision.CERTAIN, Decision.HOUSEHOLD)]
    first = min(about, key=lambda one: (-world.children[one].grade, ids[one]))
    shared = _is_shared(world, phone)
    return Row(
        phone,
        step + 1,
        Channel.WECHAT if not shared and _by_wechat(world, phone, about) else Channel.SMS,
        world.children[first].school,
        frozenset(about),
        None if shared else _due(world, phone),
    )


def _by_wechat(world: World, phone: str, about: Iterable[int]) -> bool:
    before = any(past.phone == phone and past.channel is Channel.WECHAT for past in _ours(world))
    return (
        any(world.children[one].bound for one in about) and not before and (phone, Channel.WECHAT) not in world.refused
    )


def _due(world: World, phone: str) -> datetime:
    """At once, and never on the day of another message to the number."""
    due = next_allowed(world.now)
    spoke = [
        world.now - past.days_ago * DAY
        for past in map(_given_up, world.past)
        if past.phone == phone and past.state is not MessageState.SUPPRESSED and not _fell_through(past)
    ]
    while spoke and local(due).date() <= local(max(spoke)).date():
        due = first_allowed(local(due).date() + DAY)
    return due
