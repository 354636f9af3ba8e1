"""签名备案: which operator knows which 【签名】; before all of them do, messages would be blocked, so none leaves.

工信管函〔2023〕794号: a supplier takes a message under an unknown signature and says yes, and the operator drops it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import Scope
from portal.clock import local
from portal.models import Campaign, CampaignPupil, Message, SignatureFiling, Unit
from portal.outreach.children import offices_of
from portal.outreach.drawing_up import CampaignRefused
from portal.outreach.writing import signature
from portal.vocabulary import Channel, MessageState, Operator, UnitLevel

Filings = dict[str, dict[Operator, SignatureFiling]]
"""By signature what stands of each operator; who was never told of it is not there."""


class FilingRefused(ValueError):
    """One sentence: what cannot be, and what to look at."""


def record(
    session: Session, signed: str, operator: Operator, filed: bool, day: date, by: str, now: datetime
) -> SignatureFiling:
    """What was recorded before stays and is superseded; raise FilingRefused."""
    before = standing(session, [signed])[signed].get(operator)
    if day > local(now).date():
        raise FilingRefused("日期在今天以后；等运营商确认了再登记")
    if not filed and (before is None or not before.filed):
        raise FilingRefused(f"签名【{signed}】没有登记过向{operator.label}备案，不用登记失效")
    if not filed and before is not None and day < before.day:
        raise FilingRefused(f"失效的日期在备案的日期（{before.day}）以前，请核对")
    kept = SignatureFiling(signature=signed, operator=operator, filed=filed, day=day, recorded_at=now, recorded_by=by)
    session.add(kept)
    audit.record(
        session, by, "signature_recorded", signature=signed, operator=operator.value, filed=filed, day=str(day)
    )
    return kept


def standing(session: Session, signatures: Iterable[str]) -> Filings:
    found: Filings = {signed: {} for signed in signatures}
    key = (SignatureFiling.signature, SignatureFiling.operator)
    latest = select(SignatureFiling).ext(distinct_on(*key)).order_by(*key, SignatureFiling.recorded_at.desc())
    for row in session.scalars(latest.where(SignatureFiling.signature.in_(found))):
        found[row.signature][row.operator] = row
    return found


def signatures_within(session: Session, scope: Scope) -> list[str]:
    """Those that messages leave under from here: of the offices in scope that have schools."""
    offices = session.execute(scope.narrow(_offices(), Unit.id))
    return list(dict.fromkeys(signature(office) for _, office in offices))


def _offices() -> Select[UUID, str]:
    above = select(Unit.parent_id).where(Unit.level == UnitLevel.SCHOOL)
    return select(Unit.id, Unit.name).where(Unit.id.in_(above), Unit.level != UnitLevel.SCHOOL).order_by(Unit.path)


def is_unfiled(session: Session, operators: Collection[Operator], school_id: Any) -> ColumnElement[bool]:
    """Whether one of these operators does not know the signature that this school's messages leave under."""
    offices = {office_id: signature(office) for office_id, office in session.execute(_offices())}
    filings = standing(session, offices.values())
    unfiled = [office_id for office_id, signed in offices.items() if _missing(filings[signed], operators)]
    below: ColumnElement[bool] = school_id.in_(select(Unit.id).where(Unit.parent_id.in_(unfiled)))
    return below


def count_held(session: Session, scope: Scope, operators: Collection[Operator]) -> int:
    """How many messages of the scope wait in the queue for a filing alone."""
    if not operators:
        return 0
    waits = (Message.state == MessageState.QUEUED, Message.channel == Channel.SMS)
    held = select(func.count()).where(*waits, is_unfiled(session, operators, Message.school_id))
    return session.scalar(scope.narrow(held, Message.school_id)) or 0


def _missing(filings: Mapping[Operator, SignatureFiling], operators: Collection[Operator]) -> list[Operator]:
    return [one for one in operators if one not in filings or not filings[one].filed]


def refuse_unfiled(session: Session, campaign: Campaign, operators: Collection[Operator]) -> None:
    """Raise CampaignRefused where one of these operators does not know a signature of its messages."""
    if not operators:
        return
    listed = select(CampaignPupil.school_id).where(CampaignPupil.campaign_id == campaign.id)
    offices = offices_of(session, session.scalars(select(Unit).where(Unit.id.in_(listed))).all())
    filings = standing(session, {signature(office.name) for office in offices.values()})
    for signed in sorted(filings):
        missing = "、".join(operator.label for operator in _missing(filings[signed], operators))
        if missing:
            raise CampaignRefused(
                f"签名【{signed}】还没有向{missing}备案，先备案（一般要5到10个工作日），再发批次；"
                "备案好了，请账号管理员在“报备模板”登记"
            )
