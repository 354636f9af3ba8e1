"""批次结果: what became of a campaign for each pupil's family, in words; and the list of those it did not get to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, not_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.clock import SchoolTerm, local
from portal.coverage.today import is_aware_somewhere
from portal.coverage.words import class_words, short_day
from portal.models import Campaign, CampaignPupil, EnrolmentRecord, Message, MessagePupil, Pupil, Unit
from portal.outreach.left_out import LEFT_OUT
from portal.outreach.lists import why_not
from portal.privacy.masking import mask_name
from portal.vocabulary import Audience, MessageState

TO_BE_TOLD = tuple(code for code, why in LEFT_OUT.items() if why.tell)
"""Left out, and still to be told in another way."""
NOT_THERE = (MessageState.FAILED, MessageState.UNKNOWN)


@dataclass(frozen=True)
class Result:
    """``kind`` is the dot beside the words; ``tell`` what is to be done for those it did not get to."""

    pupil_id: UUID
    masked_name: str
    class_words: str
    school: str
    words: str
    kind: str
    tell: str


def count_results(session: Session, scope: Scope, campaign: Campaign, failed_only: bool) -> int:
    lines = _lines(scope, campaign, failed_only).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(lines)) or 0


def results(
    session: Session, scope: Scope, campaign: Campaign, failed_only: bool, most: int, skip: int
) -> tuple[Result, ...]:
    """In the order of schools and classes."""
    rows = session.execute(_lines(scope, campaign, failed_only).limit(most).offset(skip)).all()
    return tuple(_result(row) for row in rows)


def count_states(session: Session, scope: Scope, campaign: Campaign) -> dict[MessageState, int]:
    """Messages of the campaign by state; a state with none is not there."""
    statement = select(Message.state, func.count()).where(Message.campaign_id == campaign.id)
    counts = dict(iter(session.execute(scope.narrow(statement, Message.school_id).group_by(Message.state))))
    return {state: counts[state] for state in MessageState if state in counts}


def _lines(scope: Scope, campaign: Campaign, failed_only: bool) -> Select[*tuple[Any, ...]]:
    last = (
        select(
            MessagePupil.pupil_id,
            Message.state,
            Message.because,
            Message.sent_at,
            Message.due_at,
        )
        .join(Message, Message.id == MessagePupil.message_id)
        .where(Message.matter == campaign.matter, Message.planned_at >= (campaign.submitted_at or campaign.made_at))
        .ext(distinct_on(MessagePupil.pupil_id))
        .order_by(MessagePupil.pupil_id, Message.planned_at.desc())
        .subquery()
    )
    aware = _knows(campaign)
    statement = (
        select(
            Pupil,
            Unit.name,
            EnrolmentRecord.grade,
            EnrolmentRecord.class_name,
            CampaignPupil.left_out,
            last.c.state,
            last.c.because,
            func.coalesce(last.c.sent_at, last.c.due_at),
            aware,
        )
        .join(Pupil, Pupil.id == CampaignPupil.pupil_id)
        .join(Unit, Unit.id == CampaignPupil.school_id)
        .outerjoin(
            EnrolmentRecord,
            and_(
                EnrolmentRecord.pupil_id == CampaignPupil.pupil_id,
                EnrolmentRecord.school_id == CampaignPupil.school_id,
                EnrolmentRecord.term == campaign.term,
            ),
        )
        .outerjoin(last, last.c.pupil_id == CampaignPupil.pupil_id)
        .where(CampaignPupil.campaign_id == campaign.id)
        .order_by(Unit.code, EnrolmentRecord.grade_number, EnrolmentRecord.class_name, Pupil.id)
    )
    if failed_only:
        statement = statement.where(_did_not_arrive(last), not_(aware))
    return scope.narrow(statement, CampaignPupil.school_id)


def _knows(campaign: Campaign) -> ColumnElement[bool]:
    """Whether the family knows what this is about; that it once spoke to us does not say that the money came."""
    if campaign.audience in (Audience.PAID, Audience.TO_APPLY):
        return false()
    return is_aware_somewhere(CampaignPupil.pupil_id, SchoolTerm.parse(campaign.term))


def _did_not_arrive(last: Any) -> ColumnElement[bool]:
    refused = and_(last.c.state == MessageState.SUPPRESSED, last.c.because.in_(TO_BE_TOLD))
    never = and_(last.c.state.is_(None), CampaignPupil.left_out.in_(TO_BE_TOLD))
    return or_(last.c.state.in_(NOT_THERE), refused, never)


def _result(row: Row[*tuple[Any, ...]]) -> Result:
    pupil, school, grade, class_name, left_out, state, because, at, aware = row
    words, kind, tell = _words(left_out, state, because, at, aware)
    in_class = class_words(grade or "", class_name or "")
    return Result(pupil.id, mask_name(pupil.name or ""), in_class, school, words, kind, tell)


def _words(
    left_out: str | None, state: MessageState | None, because: str | None, at: datetime | None, aware: bool
) -> Sequence[str]:
    """A sentence, its dot, and what is to be done."""
    day = f"{short_day(local(at).date())} {local(at):%H:%M} " if at else ""
    why = LEFT_OUT.get(left_out or "") or LEFT_OUT.get(because or "")
    if aware:
        return "家长已经知晓", "done", ""
    if state in (MessageState.DELIVERED, MessageState.ACCEPTED):
        return f"{day}{state.label}，还没有回应", "plain", ""
    if state is MessageState.FAILED:
        return f"{day}没有送到：{why_not(because) or '原因不明'}", "late", "由班主任打电话"
    if state is MessageState.UNKNOWN:
        return f"{day}不知道送到没有", "late", "等状态报告，不重发"
    if state is MessageState.SUPPRESSED or (state is None and why is not None):
        said = why.label if why else why_not(because)
        return f"没有发：{said}", "late" if why and why.tell else "ended", why.tell if why else ""
    return (f"{day}{state.label}", "plain", "") if state else ("还没有发", "plain", "")
