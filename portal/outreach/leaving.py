"""The one statement by which messages leave: sealed and under way where nothing has changed since they were looked at.

The look is made once for a whole claim; in the seconds until a thread is free a family may confirm, refuse or change
its number, and an officer may pause or stop. Counts are compared and no lists: whatever came or went changes them.
Counted is what hangs on one message, so that the database never goes through all whom a reminder concerns.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    LargeBinary,
    String,
    TableValuedAlias,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

from portal.clock import SchoolTerm, local
from portal.models import Campaign, Guardian, Message, MessagePupil, OptOut
from portal.outreach.audiences import concerned, concerns
from portal.outreach.last_look import Letter
from portal.outreach.pauses import is_paused
from portal.outreach.spent import may_have_reached, midnight_before
from portal.vocabulary import Audience, CampaignState, MessageState

SENDING_LASTS = timedelta(minutes=1)

COUNTED: dict[str, TypeEngine[Any]] = {"id": Uuid(), "about": Integer(), "beside": Integer()}
CARRIED: dict[str, TypeEngine[Any]] = {
    "phone_sealed": LargeBinary(),
    "openid_sealed": LargeBinary(),
    "openid_index": LargeBinary(),
    "text_sealed": LargeBinary(),
    "template": String(),
    "template_version": Integer(),
    "parts": Integer(),
}
"""What the row learns at its start."""

Grades = tuple[tuple[str, tuple[int, ...]], ...]


def leave(session: Session, letters: Iterable[Letter], worker: str, gateway: str, now: datetime) -> dict[UUID, Letter]:
    """Those that have left, by message; of the others something has changed, or they are not ours any more."""
    gone: dict[UUID, Letter] = {}
    told = {
        "worker": worker, "by": gateway, "now": now, "until": now + SENDING_LASTS, "midnight": midnight_before(now),
        "today": local(now).date(),
    }  # fmt: skip
    for _, together in groupby(sorted(letters, key=_occasion), key=_occasion):
        alike = {letter.id: letter for letter in together}
        reminder = next(iter(alike.values())).reminder
        grades = tuple((stage, tuple(numbers)) for stage, numbers in reminder.stages.items())
        leaving = _leaving(reminder.audience, reminder.term, grades, reminder.campaign_id is not None)
        of_these = told | _columns(alike.values()) | {"campaign": reminder.campaign_id}
        gone |= {message_id: alike[message_id] for message_id in session.scalars(leaving, of_these)}
    return gone


def _occasion(letter: Letter) -> tuple[str, str]:
    return str(letter.reminder.campaign_id), letter.reminder.matter


def _columns(letters: Iterable[Letter]) -> dict[str, list[object]]:
    by_column = zip(*(_row(letter) for letter in letters), strict=True)
    return {f"letter_{name}": list(values) for name, values in zip(COUNTED | CARRIED, by_column, strict=True)}


def _row(letter: Letter) -> tuple[object, ...]:
    said = letter.written
    return (
        letter.id, letter.about, letter.beside,
        Message.phone.seal(letter, letter.phone),
        Message.openid.seal(letter, letter.openid), Message.openid.digest(letter.openid),
        Message.text.seal(letter, said.text), said.template.name, said.template.version, said.parts,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _leaving(audience: Audience, term: SchoolTerm, grades: Grades, of_campaign: bool) -> ReturningUpdate[UUID]:
    """Put together once; letters travel with it as a table, the whole of it in one parameter a column."""
    kinds = COUNTED | CARRIED
    columns = {name: cast(bindparam(f"letter_{name}"), ARRAY(kind)) for name, kind in kinds.items()}
    named = [column(name, kind) for name, kind in kinds.items()]
    letter = func.unnest(*columns.values()).table_valued(*named, name="letter").render_derived()
    return (
        update(Message)
        .where(Message.id == any_(columns["id"]))  # by whatever index: none but these are looked at more closely
        .where(
            Message.id == letter.c.id, Message.claimed_by == bindparam("worker"), Message.state == MessageState.CLAIMED
        )
        .where(*_spoken_of(audience, term, dict(grades), letter), *_still_allowed())
        .where(*(_campaign_runs() if of_campaign else ()))
        .values({name: letter.c[name] for name in CARRIED})
        .values(state=MessageState.SENDING, gateway=bindparam("by"), attempts=Message.attempts + 1)
        .values(sent_at=bindparam("now"), lease_until=bindparam("until"))
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )


def _spoken_of(
    audience: Audience, term: SchoolTerm, grades: dict[str, Any], letter: TableValuedAlias
) -> Iterator[ColumnElement[bool]]:
    """It concerns one of them as before, speaks of as many, and the number stands beside nobody else."""
    mine = select(func.count()).where(MessagePupil.message_id == Message.id)
    certain, together = (
        mine.where(concerns(MessagePupil.pupil_id, concerned(audience, term, grades, beside=beside))).scalar_subquery()
        for beside in (False, True)
    )
    yield certain > 0
    yield together == letter.c.about
    holders = select(func.count(Guardian.pupil_id.distinct())).where(Guardian.phone_index == Message.phone_index)
    yield holders.scalar_subquery() == letter.c.beside


def _still_allowed() -> Iterator[ColumnElement[bool]]:
    """No pause, no refusal, no other message today."""
    yield ~exists().where(MessagePupil.message_id == Message.id, is_paused(MessagePupil.school_id))
    yield ~exists().where(
        OptOut.phone_index == Message.phone_index, OptOut.channel == Message.channel, OptOut.ended_at.is_(None)
    )
    other = aliased(Message)
    yield ~exists().where(
        other.phone_index == Message.phone_index, other.id != Message.id, may_have_reached(bindparam("midnight"), other)
    )


def _campaign_runs() -> Iterator[ColumnElement[bool]]:
    yield exists().where(
        Campaign.id == bindparam("campaign"),
        Campaign.state == CampaignState.RUNNING,
        Campaign.stops_on >= bindparam("today"),
    )
