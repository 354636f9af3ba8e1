"""督查: a sample by chance that can be drawn again from its seed, kept as it was drawn; reading it changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import scope_of
from portal.coverage.counted import Measure, holds, pupils_of_ledger
from portal.coverage.words import class_words
from portal.models import EnrolmentRecord, InspectionPupil, InspectionSample, Pupil, StaffMember, Unit
from portal.privacy.masking import mask_name

MOST = 100
LONGEST_SEED = 32


class SampleRefused(ValueError):
    """One sentence: why nothing was drawn, and what to do."""


@dataclass(frozen=True)
class SampleLine:
    """``unaided`` and ``gap`` are as they stand now; the sample itself is as it was drawn.

    ``unaided`` is None where the school has no row of the pupil any more.
    """

    position: int
    pupil_id: UUID
    masked_name: str
    school: str
    class_words: str
    unaided: bool | None
    gap: Decimal


def drawn(
    session: Session, unit: Unit, term: str, stratum: Measure, size: int, seed: str
) -> Sequence[tuple[UUID, UUID]]:
    """Pupil and school, in the order in which the seed puts them; the same while the ledger names the same pupils."""
    people = pupils_of_ledger(scope_of(unit), term)
    lot = func.sha256(
        func.convert_to(
            func.concat(seed, "|", cast(people.c.pupil_id, String), cast(people.c.school_id, String)), "UTF8"
        )
    )
    found = select(people.c.pupil_id, people.c.school_id).where(holds(people, stratum)).order_by(lot).limit(size)
    return [(pupil, school) for pupil, school in session.execute(found)]


def draw(
    session: Session, unit: Unit, term: str, stratum: Measure, size: int, seed: str, by: StaffMember, now: datetime
) -> InspectionSample:
    """Raise SampleRefused where there is nobody to draw from."""
    if not 1 <= size <= MOST:
        raise SampleRefused(f"一次抽 1 到 {MOST} 人，请改一下人数")
    if not seed or len(seed) > LONGEST_SEED:
        raise SampleRefused(f"请写一个种子，不超过{LONGEST_SEED}个字；同一个种子能重抽出同一批")
    people = pupils_of_ledger(scope_of(unit), term)
    population = session.scalar(select(func.count()).select_from(people).where(holds(people, stratum))) or 0
    if not population:
        raise SampleRefused(f"“{stratum.label}”现在没有学生，请换一类")
    sample = InspectionSample(
        unit_id=unit.id, term=term, stratum=stratum.value, seed=seed, size=size, population=population,
        drawn_by=by.actor, drawn_at=now,
    )  # fmt: skip
    session.add(sample)
    session.flush()
    session.add_all(
        InspectionPupil(sample_id=sample.id, position=position, pupil_id=pupil, school_id=school)
        for position, (pupil, school) in enumerate(drawn(session, unit, term, stratum, size, seed), 1)
    )
    session.flush()
    audit.record(session, sample.drawn_by, "sample_drawn", unit_id=unit.id, term=term, rows=min(size, population))
    return sample


def samples(session: Session) -> Sequence[InspectionSample]:
    """All within reach, the newest first."""
    return session.scalars(select(InspectionSample).order_by(InspectionSample.drawn_at.desc())).all()


def lines_of(session: Session, sample: InspectionSample) -> list[SampleLine]:
    people = pupils_of_ledger(scope_of(sample.unit), sample.term)
    enrolled = (
        (EnrolmentRecord.pupil_id == InspectionPupil.pupil_id)
        & (EnrolmentRecord.school_id == InspectionPupil.school_id)
        & (EnrolmentRecord.term == sample.term)
    )
    found = (
        select(InspectionPupil, Pupil, Unit.name, EnrolmentRecord, people.c.unaided, people.c.gap)
        .join(Unit, Unit.id == InspectionPupil.school_id)
        .outerjoin(Pupil, Pupil.id == InspectionPupil.pupil_id)
        .outerjoin(EnrolmentRecord, enrolled)
        .outerjoin(
            people,
            (people.c.pupil_id == InspectionPupil.pupil_id) & (people.c.school_id == InspectionPupil.school_id),
        )
        .where(InspectionPupil.sample_id == sample.id)
        .order_by(InspectionPupil.position)
    )
    return [
        SampleLine(
            one.position, one.pupil_id, mask_name(pupil.name or "") if pupil else "已转出的学生", school,
            class_words(record.grade, record.class_name) if record else "", unaided, gap or Decimal(0),
        )
        for one, pupil, school, record, unaided, gap in session.execute(found)
    ]  # fmt: skip
