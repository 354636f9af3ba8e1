"""通报: drawn up from the ledger of the day, issued once with its figures and their digest, read by all below."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import SchoolTerm, local
from portal.coverage.counted import By
from portal.coverage.distribution import distribution
from portal.coverage.small_groups import tell
from portal.models import Bulletin, StaffMember, Unit
from portal.privacy.masking import redact
from portal.vocabulary import UnitLevel

COLUMNS = ("单位", "台账学生", "已助", "应助未助", "已结束", "应发（元）", "还差（元）")
BELOW = {UnitLevel.PROVINCE: "各市", UnitLevel.CITY: "各县"}
LONGEST_TITLE, LONGEST_WORDS = 60, 1000


class BulletinRefused(ValueError):
    """One sentence: why it was not issued, and what to do."""


@dataclass(frozen=True)
class Draft:
    """The figures as they stand now; ``digest`` tells whether they moved between the looking and the issuing."""

    unit: Unit
    term: SchoolTerm
    as_of: date
    lines: tuple[tuple[str, ...], ...]

    @property
    def digest(self) -> str:
        return _digest([self.unit.code, self.term.code, self.as_of.isoformat(), self.lines])

    @property
    def title(self) -> str:
        return f"{BELOW[self.unit.level]}学生资助情况通报"


def draft(session: Session, unit: Unit, term: SchoolTerm, now: datetime) -> Draft:
    """Of today: the same numbers as 统计, with what is under five withheld."""
    found = distribution(session, unit, term.code, By.AREA)
    told = tell([(group.label, group.figures) for group in found.groups], ("合计", found.total))
    return Draft(unit, term, local(now).date(), tuple(told))


def issue(
    session: Session, drawn: Draft, seen: str, title: str, words: str, by: StaffMember, now: datetime
) -> Bulletin:
    """Raise BulletinRefused when the figures are no longer those that were looked at."""
    title, words = " ".join(title.split()), words.strip()
    if not title or len(title) > LONGEST_TITLE:
        raise BulletinRefused(f"请写标题，不超过{LONGEST_TITLE}个字")
    if len(words) > LONGEST_WORDS:
        raise BulletinRefused(f"说明请不超过{LONGEST_WORDS}个字")
    if redact(title + words) != title + words:
        raise BulletinRefused("通报里不能有证件号或电话号码，请删掉再印发")
    if seen != drawn.digest:
        raise BulletinRefused("您看的时候台账又变了，下面是现在的数字，请再看一遍后印发")
    session.get_one(Unit, drawn.unit.id, with_for_update=True)  # two at once get two numbers
    number = session.scalar(
        select(func.coalesce(func.max(Bulletin.number), 0) + 1).where(
            Bulletin.unit_id == drawn.unit.id, Bulletin.year == drawn.as_of.year
        )
    )
    bulletin = Bulletin(
        unit_id=drawn.unit.id, year=drawn.as_of.year, number=number, term=drawn.term.code, as_of=drawn.as_of,
        title=title, words=words, lines=[list(line) for line in drawn.lines],
        issued_by=by.actor, issued_at=now,
    )  # fmt: skip
    bulletin.digest = digest_of(bulletin)
    session.add(bulletin)
    audit.record(
        session, bulletin.issued_by, "bulletin_issued",
        unit_id=drawn.unit.id, term=drawn.term.code, sha256=bulletin.digest,
    )  # fmt: skip
    session.flush()
    return bulletin


def issued(session: Session) -> Sequence[Bulletin]:
    """All within reach: one's own, those of the units below and those of the units above; the newest first."""
    return session.scalars(select(Bulletin).order_by(Bulletin.issued_at.desc())).all()


def digest_of(bulletin: Bulletin) -> str:
    """Told again from what is kept: equal to ``digest`` as long as nobody changed a figure or a word."""
    said = (bulletin.unit_id.hex, bulletin.year, bulletin.number, bulletin.term, bulletin.as_of.isoformat())
    return _digest([*said, bulletin.title, bulletin.words, bulletin.lines])


def _digest(said: list[Any]) -> str:
    return sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
