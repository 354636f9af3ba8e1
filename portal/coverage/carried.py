"""上期受助、本期未匹配: no run stops what was paid last term; a person ends it with a reason (N1-3)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from portal.clock import SchoolTerm, previous_term
from portal.coverage.matched import Whose
from portal.coverage.projects import STAGES
from portal.coverage.steps import CARRIED_ON, MATCHED, due_day, owner_of
from portal.models import EnrolmentRecord, Entitlement, Unit
from portal.vocabulary import EntitlementState, UnitLevel

STILL_ASKED = "上学期有这项资助，本学期正在核对，资助不停"
CARRIED = "上期受助、本期未匹配，资助不停，等上级资助中心核实"


def carried_on(session: Session, term: str, whose: Whose, now: datetime) -> Iterator[dict[str, Any]]:
    """A row for each that was paid last term to a pupil still enrolled in its stage and has none this term."""
    this, school = aliased(Entitlement), aliased(Unit)
    has_one = exists().where(this.pupil_id == Entitlement.pupil_id, this.term == term)
    before = (
        select(Entitlement, EnrolmentRecord, school)
        .join(EnrolmentRecord, EnrolmentRecord.pupil_id == Entitlement.pupil_id)
        .join(school, school.id == EnrolmentRecord.school_id)
        .where(
            Entitlement.term == previous_term(SchoolTerm.parse(term)).code,
            Entitlement.state.in_((EntitlementState.PAID, EntitlementState.RECEIVED)),
            Entitlement.retracted.is_(False),
            EnrolmentRecord.term == term,
            EnrolmentRecord.left_on.is_(None),
            whose(EnrolmentRecord),
            ~has_one,
        )
    )
    for row, record, unit in session.execute(before):
        if record.stage is None or record.stage in STAGES.get(row.policy, {record.stage}):
            yield _again(row, record, unit, term, now)


def _again(row: Entitlement, record: EnrolmentRecord, school: Unit, term: str, now: datetime) -> dict[str, Any]:
    parent = school.parent
    made = Entitlement(
        pupil_id=row.pupil_id,
        school_id=record.school_id,
        policy=row.policy,
        term=term,
        state=MATCHED,
        claim_mode=row.claim_mode,
        due_yuan=row.due_yuan,
        paid_yuan=Decimal(0),
        version_from=row.version_from,
        because=STILL_ASKED,
        reason=CARRIED_ON.reason,
        owner_level=owner_of(CARRIED_ON.mover, parent.level if parent else UnitLevel.COUNTY),
        next_step=CARRIED_ON.words,
        next_step_due=due_day(CARRIED_ON, now),
        opened_at=now,
        person=row.person,
        retracted=False,
    )
    columns = {column.key: getattr(made, column.key) for column in Entitlement.__table__.columns}
    return columns | {"what": CARRIED}
