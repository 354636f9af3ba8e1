"""这条短信是真的吗: what left for families of a school on a day, as wordings with blanks; never to whom (G5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI
from portal.database import NOTHING, reach_units, set_reach
from portal.models import Message, MessagePupil, Unit
from portal.outreach.wordings import template_named
from portal.outreach.writing import signature
from portal.vocabulary import UnitLevel

BLANKS = {
    # a place in a template: what stands there for everybody
    "child": "×同学",
    "grade": "×年级",
    "grades": "×年级、×年级",
    "count": "几",
    "policy": "某项资助",
    "amount": "××元/学期",
    "date": "×月×日",
    "person": "班主任×老师",
}


@dataclass(frozen=True)
class Wording:
    """``text`` is the fullest way of saying it, empty where the version in the message is no longer kept."""

    version: int
    text: str


def wordings_sent(session: Session, school: Unit, day: date) -> tuple[Wording, ...]:
    """Empty when nothing left that day for a family of this school; for this alone the reach is the school's office."""
    began = datetime.combine(day, time(), SHANGHAI)
    sent = (
        select(Message.template, Message.template_version)
        .join(MessagePupil, MessagePupil.message_id == Message.id)
        .where(
            MessagePupil.school_id == school.id,
            Message.sent_at >= began,
            Message.sent_at < began + timedelta(days=1),
        )
        .distinct()
        .order_by(Message.template)
    )
    office = school.parent or school
    set_reach(session, reach_units(office.path))
    found = tuple(
        Wording(version, _blank(session, name, version, school, office)) for name, version in session.execute(sent)
    )
    set_reach(session, NOTHING)
    return found


def schools_named(session: Session, text: str, most: int) -> list[Unit]:
    """Those whose name holds what was typed; the one called just that stands alone."""
    statement = select(Unit).where(Unit.level == UnitLevel.SCHOOL, Unit.name.contains(text.strip(), autoescape=True))
    found = list(session.scalars(statement.order_by(Unit.name).limit(most)))
    return [school for school in found if school.name == text.strip()] or found


def same_number(typed: str, ours: str) -> bool:
    """Operators add digits behind the number that was applied for, and phones a +86 before it."""
    digits = "".join(_digits(typed))
    return digits.removeprefix("86").startswith(ours)


def _digits(text: str) -> Iterator[str]:
    return (str(int(character)) for character in text if character.isdecimal())


def _blank(session: Session, name: str, version: int, school: Unit, office: Unit) -> str:
    kept = template_named(session, name)
    words = BLANKS | {
        "signature": signature(office.name),
        "landline": school.landline or office.landline,
        "office_phone": office.landline,
    }
    return kept.wordings[0].format_map(words) if kept.version == version else ""
