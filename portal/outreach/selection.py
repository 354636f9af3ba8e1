"""选谁: which number speaks for which families, and who is left out and why, found by the database in one go.

Nothing sealed is opened here; what only the words of a row can tell (whose number it is) is looked at when it is sent.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    null,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, distinct_on
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI
from portal.models import EnrolmentRecord, Guardian, KnownNumber, Message, OptOut, WechatBinding, WecomParent
from portal.models.base import Code, Moment
from portal.outreach.audiences import concerned
from portal.outreach.contacts import learn_numbers, shared_numbers
from portal.outreach.left_out import (
    LATELY,
    NO_MOBILE,
    NO_WORDS,
    OPTED_OUT,
    SHARED_NUMBER,
    SPENT,
    THRICE,
    UNDER_WAY,
)
from portal.outreach.quiet import first_allowed, next_allowed
from portal.outreach.reminder import ON_ITS_WAY, WAIT, WAIT_AFTER_FAILURE, Reminder
from portal.outreach.spent import FELL_THROUGH, spent
from portal.suppliers import Apps
from portal.vocabulary import Channel, MessageState

HORIZON = 40
"""So many days on which messages may leave are known to the database; nothing is planned further ahead."""

HASHED = text("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '256MB'")
AS_USUAL = text("SET LOCAL enable_nestloop = on; SET LOCAL work_mem = DEFAULT")
"""Row-level security hides from the planner how many rows there are, and a table may just have been filled: it would
expect one and loop over all for each (seen: minutes for 400 families)."""
_STEPS = MetaData()
MEANT = Table("selected_pupil", _STEPS, Column("id", Uuid), prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
CHOSEN = Table(
    "selected_number", _STEPS,
    Column("pupil_id", Uuid), Column("phone_index", LargeBinary), Column("shared", Boolean), Column("why", String),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip
JUDGED = Table(
    "judged_number", _STEPS,
    Column("phone_index", LargeBinary), Column("shared", Boolean), Column("step", Integer), Column("due_at", Moment),
    Column("hindered", String),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip
CHILDREN = Table(
    "selected_child", _STEPS,
    Column("phone_index", LargeBinary), Column("pupil_id", Uuid), Column("school_id", Uuid),
    Column("grade_number", Integer),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip
"""Each step is kept beside the others for a moment, so that the database knows how many they are before the next."""


@dataclass(frozen=True)
class Selection:
    """``drafts``: one row a number and message; ``left_out``: pupils with a code; ``CHILDREN``: whom each speaks of."""

    drafts: CTE
    left_out: CTE


@contextmanager
def selection(
    session: Session, reminder: Reminder, pupils: Select[UUID], apps: Apps, now: datetime
) -> Iterator[Selection]:
    """Of these pupils, whom it concerns; every one ends with a draft or among those left out (or both, when shared)."""
    connection = session.connection()
    session.execute(HASHED)
    _STEPS.create_all(connection, checkfirst=False)
    _fill(session, MEANT, pupils)
    meant = select(MEANT.c.id)
    learn_numbers(session, meant)
    _fill(session, CHOSEN, _chosen(_numbers(shared_numbers(session, meant)), reminder))
    _fill(session, JUDGED, _judged(reminder, now))
    _fill(session, CHILDREN, _children(reminder))
    yield Selection(_drafts(reminder, apps), _left_out())
    _STEPS.drop_all(connection, checkfirst=False)
    session.execute(AS_USUAL)


def _fill(session: Session, step: Table, rows: Select[Any]) -> None:
    session.execute(insert(step).from_select(list(step.c.keys()), rows))
    session.execute(text(f"ANALYZE {step.name}"))


def _numbers(shared: Collection[bytes]) -> CTE:
    """The mobiles beside each pupil."""
    many = cast(bindparam("shared", list(shared), unique=True), ARRAY(LargeBinary))
    is_shared = (Guardian.phone_index == func.any(many)).label("shared")
    return (
        select(Guardian.pupil_id, Guardian.phone_index, Guardian.position, is_shared)
        .join(KnownNumber, and_(KnownNumber.phone_index == Guardian.phone_index, KnownNumber.is_mobile))
        .where(Guardian.pupil_id.in_(select(MEANT.c.id)))
        .cte("numbers")
    )


def _chosen(numbers: CTE, reminder: Reminder) -> Select[Any]:
    """The first number of each family that is its own and answers; a shared one only where there is no other."""
    silent = spent(reminder.matter).cte("silent")
    refused = select(OptOut.phone_index).where(OptOut.channel == Channel.SMS, OptOut.ended_at.is_(None)).cte("refused")
    why = case((refused.c.phone_index.is_not(None), OPTED_OUT), (silent.c.phone_index.is_not(None), SPENT))
    return (
        select(numbers.c.pupil_id, numbers.c.phone_index, numbers.c.shared, why.label("why"))
        .outerjoin(refused, refused.c.phone_index == numbers.c.phone_index)
        .outerjoin(silent, silent.c.phone_index == numbers.c.phone_index)
        .ext(distinct_on(numbers.c.pupil_id))
        .order_by(numbers.c.pupil_id, why.is_not(None), numbers.c.shared, numbers.c.position, numbers.c.phone_index)
    )


def _judged(reminder: Reminder, now: datetime) -> Select[Any]:
    """Each number with its step, when its message may leave, and what hinders that just now."""
    wanted = select(CHOSEN.c.phone_index, CHOSEN.c.shared).where(CHOSEN.c.why.is_(None)).distinct().cte("wanted")
    mine, failed = Message.matter == reminder.matter, Message.state == MessageState.FAILED
    wordless = and_(Message.state == MessageState.SUPPRESSED, Message.because == NO_WORDS)
    spoke = and_(Message.state != MessageState.SUPPRESSED, ~FELL_THROUGH)
    past = (
        select(
            Message.phone_index,
            func.max(Message.step).filter(mine).label("step"),
            func.max(Message.planned_at).filter(mine, ~FELL_THROUGH).label("planned"),
            func.max(Message.planned_at).filter(mine, failed).label("failed"),
            func.max(Message.planned_at).filter(mine, wordless).label("wordless"),
            func.bool_or(Message.state.in_(ON_ITS_WAY)).filter(mine).label("under_way"),
            func.max(func.coalesce(Message.sent_at, Message.due_at)).filter(spoke).label("last_due"),
        )
        .where(Message.phone_index.in_(select(wanted.c.phone_index)))
        .group_by(Message.phone_index)
        .cte("past")
    )
    wait = case((past.c.planned == past.c.failed, literal(now - WAIT_AFTER_FAILURE)), else_=literal(now - WAIT))
    hindered = case(
        (func.coalesce(past.c.under_way, false()), UNDER_WAY),
        (func.coalesce(past.c.step, 0) >= reminder.most, THRICE),
        (and_(past.c.planned > wait, past.c.planned == past.c.wordless), NO_WORDS),
        (past.c.planned > wait, LATELY),
    )
    step = func.coalesce(past.c.step, 0) + 1
    return select(
        wanted.c.phone_index, wanted.c.shared, step, _due(past.c.last_due, reminder.even_on, now), hindered
    ).outerjoin(past, past.c.phone_index == wanted.c.phone_index)


def _due(last_due: ColumnElement[datetime], even_on: Collection[date], now: datetime) -> ColumnElement[datetime]:
    """At once, or when messages may next leave; never on the day on which another goes to the same number.

    But by the last day that was excepted: after that it would be too late for good.
    """
    at_once = next_allowed(now, even_on)
    openings = [at_once]
    while len(openings) < HORIZON:
        openings.append(first_allowed(openings[-1].astimezone(SHANGHAI).date() + timedelta(days=1), even_on))
    opening = func.unnest(cast(openings, ARRAY(Moment))).column_valued("opening")
    day = cast(func.timezone(str(SHANGHAI), last_due), Date)
    later = select(func.min(opening)).where(cast(func.timezone(str(SHANGHAI), opening), Date) > day).scalar_subquery()
    due = case((last_due.is_(None), literal(at_once)), else_=func.coalesce(later, openings[-1]))
    if not even_on:
        return due
    last = max(at_once, first_allowed(max(even_on), even_on))
    return func.least(due, literal(last), type_=Moment)


def _children(reminder: Reminder) -> Select[Any]:
    """Every pupil beside a number that its message speaks of, siblings on no list among them."""
    together = concerned(reminder.audience, reminder.term, reminder.stages, beside=True)
    return (
        select(JUDGED.c.phone_index, Guardian.pupil_id, EnrolmentRecord.school_id, EnrolmentRecord.grade_number)
        .join(Guardian, Guardian.phone_index == JUDGED.c.phone_index)
        .join(
            EnrolmentRecord,
            and_(
                EnrolmentRecord.pupil_id == Guardian.pupil_id,
                EnrolmentRecord.term == reminder.term.code,
                EnrolmentRecord.left_on.is_(None),
            ),
        )
        .where(JUDGED.c.hindered.is_(None), Guardian.pupil_id.in_(together))
        .ext(distinct_on(JUDGED.c.phone_index, Guardian.pupil_id))
        .order_by(JUDGED.c.phone_index, Guardian.pupil_id, EnrolmentRecord.school_id)
    )


def _drafts(reminder: Reminder, apps: Apps) -> CTE:
    """The child in the highest grade comes first, and its school is the message's."""
    order = (CHILDREN.c.grade_number.desc().nulls_last(), CHILDREN.c.pupil_id)
    pupils = func.array_agg(aggregate_order_by(CHILDREN.c.pupil_id, *order), type_=ARRAY(Uuid))
    schools = func.array_agg(aggregate_order_by(CHILDREN.c.school_id, *order), type_=ARRAY(Uuid))
    together = (
        select(CHILDREN.c.phone_index, pupils.label("pupils"), schools.label("schools"))
        .group_by(CHILDREN.c.phone_index)
        .cte("together")
    )
    return (
        select(
            JUDGED.c.phone_index,
            JUDGED.c.shared,
            JUDGED.c.step,
            JUDGED.c.due_at,
            _channel(reminder, apps).label("channel"),
            together.c.pupils,
            together.c.schools[1].label("school_id"),
        )
        .join(together, together.c.phone_index == JUDGED.c.phone_index)
        .cte("drafts")
    )


def _channel(reminder: Reminder, apps: Apps) -> ColumnElement[Channel]:
    """WeChat where the family bound it, 企业微信 where it follows its notices, each once a number and matter."""
    ways: list[tuple[ColumnElement[bool], ColumnElement[Channel]]] = []
    bound = exists().where(
        CHILDREN.c.phone_index == JUDGED.c.phone_index,
        WechatBinding.pupil_id == CHILDREN.c.pupil_id,
        WechatBinding.appid == apps.appid,
        WechatBinding.ended_at.is_(None),
    )
    follows = exists().where(
        WecomParent.phone_index == JUDGED.c.phone_index,
        WecomParent.corp_id == apps.corp_id,
        WecomParent.ended_at.is_(None),
    )
    for account, stands, channel in ((apps.appid, bound, Channel.WECHAT), (apps.corp_id, follows, Channel.WECOM)):
        told = exists().where(
            Message.phone_index == JUDGED.c.phone_index, Message.matter == reminder.matter, Message.channel == channel
        )
        no = exists().where(
            OptOut.phone_index == JUDGED.c.phone_index, OptOut.channel == channel, OptOut.ended_at.is_(None)
        )
        if account:
            ways.append((and_(~JUDGED.c.shared, stands, ~told, ~no), literal(channel, Code(Channel))))
    by_sms = literal(Channel.SMS, Code(Channel))
    return case(*ways, else_=by_sms) if ways else by_sms


def _left_out() -> CTE:
    why = case(
        (CHOSEN.c.phone_index.is_(None), NO_MOBILE),
        (CHOSEN.c.why.is_not(None), CHOSEN.c.why),
        (JUDGED.c.shared, SHARED_NUMBER),
        (JUDGED.c.hindered.is_not(None), JUDGED.c.hindered),
        else_=null(),
    ).label("why")
    found = (
        select(MEANT.c.id.label("pupil_id"), why)
        .outerjoin(CHOSEN, CHOSEN.c.pupil_id == MEANT.c.id)
        .outerjoin(JUDGED, JUDGED.c.phone_index == CHOSEN.c.phone_index)
        .subquery()
    )
    return select(found.c.pupil_id, found.c.why).where(found.c.why.is_not(None)).cte("left_out")


def occasion(matter: str, drafts: CTE) -> ColumnElement[UUID]:
    """What is unique: matter, step, channel and number, as a digest behind the beginning of the number's keyed index.

    Kept in the order of numbers, rows then go to the end of each index's page and not all over it.
    """
    words = func.concat(matter, "|", drafts.c.step, "|", drafts.c.channel, "|")
    digest = func.sha256(func.convert_to(words, "UTF8").op("||")(drafts.c.phone_index))
    both = func.substr(drafts.c.phone_index, 1, 8).op("||")(func.substr(digest, 1, 8))
    return cast(func.encode(both, "hex"), Uuid)
