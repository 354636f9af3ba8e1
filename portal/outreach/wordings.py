"""自拟文案: an officer's own words, for everybody alike; what may not stand in a message is refused with the clause."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal import audit
from portal.intake.receive import category_codes
from portal.models import Unit, Wording
from portal.outreach.messages import Template, TemplateFault, template
from portal.outreach.words import lint
from portal.outreach.writing import office_of, signature
from portal.vocabulary.unsaid import CATEGORY

OWN = "own:"
LANDLINE = "{landline}"
MARK = "〔电话〕"
"""What an officer writes where the school's number is to stand."""
LONGEST_LANDLINE = "0510-00000000"


class WordingRefused(ValueError):
    """``faults`` are sentences, each with what is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = faults


def save(session: Session, unit: Unit, title: str, text: str, by: str, now: datetime) -> Wording:
    """The next version under this title; raise WordingRefused, and keep in the trail that it was tried."""
    body = " ".join(text.split())
    said = f"【{signature(office_of(unit).name)}】{body.replace(MARK, LONGEST_LANDLINE)}"
    faults = [*lint(said), *_braces(body), *_categories(session, body)]
    if faults:
        audit.record(session, by, "words_refused", unit_id=unit.id, faults=len(faults))
        raise WordingRefused(faults)
    last = session.scalar(select(func.max(Wording.version)).where(Wording.unit_id == unit.id, Wording.title == title))
    kept = Wording(unit_id=unit.id, title=title, version=(last or 0) + 1, text=body, made_at=now, made_by=by)
    session.add(kept)
    session.flush()
    audit.record(session, by, "words_kept", unit_id=unit.id, wording=str(kept.id), version=kept.version)
    return kept


def _braces(body: str) -> list[str]:
    return ["不能有花括号；要放学校电话，请写〔电话〕"] if "{" in body or "}" in body else []


def _categories(session: Session, body: str) -> list[str]:
    """What ``lint`` cannot know: the province may have added one."""
    if CATEGORY.search(body):
        return []
    named = sorted((written for written in category_codes(session) if written in body), key=len)
    return [f"有困难类别“{named[-1]}”"] if named else []


def name_of(wording: Wording) -> str:
    """As campaigns and messages name it."""
    return f"{OWN}{wording.id}"


def template_named(session: Session, name: str) -> Template:
    """Of our files, or an officer's own; raise TemplateFault for words that are no longer there."""
    return own_template(session, name) if name.startswith(OWN) else template(name)


def own_template(session: Session, name: str) -> Template:
    """Raise TemplateFault for words that are no longer there."""
    wording = session.get(Wording, UUID(name.removeprefix(OWN)))
    if wording is None:
        raise TemplateFault(f"{name}：没有这条文案")
    body = wording.text.replace(MARK, LANDLINE)
    return Template(name, wording.version, (f"【{{signature}}】{body}",))


def latest(session: Session, unit: Unit) -> list[Wording]:
    """The newest version of each title of a unit."""
    newest = (
        select(Wording)
        .where(Wording.unit_id == unit.id)
        .ext(distinct_on(Wording.title))
        .order_by(Wording.title, Wording.version.desc())
    )
    return sorted(session.scalars(newest), key=lambda wording: wording.made_at, reverse=True)
