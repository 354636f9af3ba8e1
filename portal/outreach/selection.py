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
    ColumnElement,
    Date,
    LargeBinary,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI
from portal.models import EnrolmentRecord, Guardian, KnownNumber, Message, OptOut, WechatBinding, WecomParent
from portal.models.base import Code, Moment
from portal.outreach.audiences import concerned, concerns
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
from portal.outreach.selection_steps import (
    CHILDREN,
    CHOSEN,
    ELDEST_FIRST,
    JUDGED,
    MEANT,
    NUMBERS,
    STEPS,
    STRANGERS,
    fill,
)
from portal.outreach.spent import FELL_THROUGH, spent
from portal.suppliers import Apps
from portal.vocabulary import Channel, MessageState

HORIZON = 40
"""So many days on which messages may leave are known to the database; nothing is planned further ahead."""


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
    STEPS.create_all(connection, checkfirst=False)
    fill(session, MEANT, pupils)
    meant = select(MEANT.c.id)
    learn_numbers(session, meant)
    fill(session, NUMBERS, _numbers())
    fill(session, CHOSEN, _chosen(shared_numbers(session, select(NUMBERS.c.phone_index)), reminder))
    fill(session, JUDGED, _judged(reminder, now))
    fill(session, STRANGERS, _strangers())
    fill(session, CHILDREN, _children(reminder))
    yield Selection(_drafts(reminder, apps), _left_out())
    STEPS.drop_all(connection, checkfirst=False)


def _numbers() -> Select[*tuple[Any, ...]]:
    """The mobiles beside each pupil."""
    known = and_(KnownNumber.phone_index == Guardian.phone_index, KnownNumber.is_mobile)
    beside = select(Guardian.pupil_id, Guardian.phone_index, Guardian.position).join(KnownNumber, known)
    return beside.where(Guardian.pupil_id.in_(select(MEANT.c.id)))


def _chosen(shared: Collection[bytes], reminder: Reminder) -> Select[Any]:
    """The first number of each family that is its own and answers; a shared one only where there is no other."""
    many = cast(bindparam("shared", list(shared), unique=True), ARRAY(LargeBinary))
    is_shared = (NUMBERS.c.phone_index == func.any(many)).label("shared")
    silent = spent(reminder.matter).cte("silent")
    refused = select(OptOut.phone_index).where(OptOut.channel == Channel.SMS, OptOut.ended_at.is_(None)).cte("refused")
    why = case((refused.c.phone_index.is_not(None), OPTED_OUT), (silent.c.phone_index.is_not(None), SPENT))
    return (
        select(NUMBERS.c.pupil_id, NUMBERS.c.phone_index, is_shared, why.label("why"))
        .outerjoin(refused, refused.c.phone_index == NUMBERS.c.phone_index)
        .outerjoin(silent, silent.c.phone_index == NUMBERS.c.phone_index)
        .ext(distinct_on(NUMBERS.c.pupil_id))
        .order_by(NUMBERS.c.pupil_id, why.is_not(None), is_shared, NUMBERS.c.position, NUMBERS.c.phone_index)
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


def _strangers() -> Select[*tuple[Any, ...]]:
    """Other pupils beside the numbers that are written to: brothers, sisters, and whoever shares a number."""
    meant = exists().where(MEANT.c.id == Guardian.pupil_id)
    beside = select(Guardian.phone_index, Guardian.pupil_id).join(JUDGED, JUDGED.c.phone_index == Guardian.phone_index)
    return beside.where(JUDGED.c.hindered.is_(None), ~meant)


def _children(reminder: Reminder) -> Select[Any]:
    """Every pupil beside a number that its message speaks of: whom it is for, and strangers it concerns too."""
    judged = and_(JUDGED.c.phone_index == NUMBERS.c.phone_index, JUDGED.c.hindered.is_(None))
    meant = select(NUMBERS.c.phone_index, NUMBERS.c.pupil_id).join(JUDGED, judged)
    together = concerned(reminder.audience, reminder.term, reminder.stages, beside=True)
    is_one = concerns(STRANGERS.c.pupil_id, together)
    strangers = select(STRANGERS.c.phone_index, STRANGERS.c.pupil_id).where(is_one)
    both = meant.union_all(strangers).subquery("both")
    enrolled = and_(
        EnrolmentRecord.pupil_id == both.c.pupil_id,
        EnrolmentRecord.term == reminder.term.code,
        EnrolmentRecord.left_on.is_(None),
    )
    return (
        select(both.c.phone_index, both.c.pupil_id, EnrolmentRecord.school_id, EnrolmentRecord.grade_number)
        .join(EnrolmentRecord, enrolled)
        .ext(distinct_on(both.c.phone_index, both.c.pupil_id))
        .order_by(both.c.phone_index, both.c.pupil_id, EnrolmentRecord.school_id)
    )


def _drafts(reminder: Reminder, apps: Apps) -> CTE:
    by_number = distinct_on(CHILDREN.c.phone_index)
    first = select(CHILDREN.c.phone_index, CHILDREN.c.school_id).ext(by_number).order_by(*ELDEST_FIRST).cte("first")
    return (
        select(
            JUDGED.c.phone_index,
            JUDGED.c.shared,
            JUDGED.c.step,
            JUDGED.c.due_at,
            _channel(reminder, apps).label("channel"),
            first.c.school_id,
        )
        .join(first, first.c.phone_index == JUDGED.c.phone_index)
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
