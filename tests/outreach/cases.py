"""Families to write to, and the outbox they are written from."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from portal.clock import SchoolTerm
from portal.database import EVERYTHING, db
from portal.enrolment.matching_runs import begin
from portal.models import MatchPair, Message, MessagePupil, Pupil
from portal.outreach import ladder
from portal.outreach.ladder import Climbed
from portal.outreach.starting import Started, look_at, start
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY, TERM, a_county, a_pupil
from tests.coverage.builders import a_match, opened

Result = TypeVar("Result")
SURNAMES = "王李张刘陈杨赵黄周吴"


def sessions() -> "sessionmaker[Session]":
    return sessionmaker(db.engine, info={"reach": EVERYTHING})


def climb(session: Session, now: datetime) -> Climbed:
    """All of a morning's looks; the tasks of all of them."""
    done = [ladder.climb(session, now)]
    while done[-1].left_off is not None:
        done.append(ladder.climb(session, now, done[-1].left_off))
    return Climbed(sum(one.opened for one in done), sum(one.closed for one in done), None)


def a_matched_pupil(session: Session, **values: Any) -> Pupil:
    """With a ledger row, and everything stored."""
    pupil = a_pupil(session, **values)
    a_match(session, pupil)
    opened(session)
    session.commit()
    return pupil


def matched_pupils(session: Session, count: int) -> None:
    """Each of another family, with numbers of the range for trying out."""
    for n in range(count):
        name = f"{SURNAMES[n % 10]}{chr(0x5B50 + n)}"
        a_match(session, a_pupil(session, name=name, id_number=None, phone=f"1990000{5000 + n}", guardian=f"{name}母"))
    opened(session)
    session.commit()


def listed_anew(session: Session) -> None:
    """A younger run's list stands, with other pairs; its ledger is still to be opened."""
    run = begin(session, a_county(session), SchoolTerm.parse(TERM), "command", A_MONDAY)
    run.stands_since = A_MONDAY
    session.execute(update(MatchPair).values(run_id=run.id))
    session.commit()


def messages(session: Session) -> list[Message]:
    """As stored now, the first planned first."""
    session.rollback()
    return list(session.scalars(select(Message).order_by(Message.step, Message.planned_at, Message.due_at)))


def states(session: Session) -> Counter[MessageState]:
    """As stored now; counted where they are, because whoever waits for them asks again and again."""
    session.rollback()
    return Counter(dict(session.execute(select(Message.state, func.count()).group_by(Message.state)).all()))


def started_now(session: Session, message_ids: Iterable[UUID], worker: str, gateway: str, now: datetime) -> Started:
    """Looked at and started in one go, as far as this worker has claimed them."""
    looked = look_at(session, message_ids, worker, now)
    started = start(session, looked.letters, worker, gateway, now)
    return Started(started.outgoing, started.suppressed + looked.suppressed)


def becomes_another(session: Session, message: Message, matter: str) -> None:
    """As if it had been planned for that matter."""
    old, message.id, message.matter = message.id, uuid4(), matter
    session.execute(update(MessagePupil).where(MessagePupil.message_id == old).values(message_id=message.id))


def in_context(work: Callable[[], Result]) -> Callable[[], Result]:
    """For a thread of its own, which does not know the application by itself."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def inside() -> Result:
        with app.app_context():
            return work()

    return inside


def is_waiting_for_a_lock() -> bool:
    """Whether another connection of this database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with db.engine.connect() as beside:
        return bool(beside.scalar(text(waiting)))
