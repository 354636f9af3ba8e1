"""What pages show of campaigns: those of a scope, what the calendar asks for next, and what a preview counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.models import Campaign, Unit
from portal.outreach.calendar import occasions
from portal.outreach.left_out import LEFT_OUT, LeftOut
from portal.vocabulary import CampaignState

UNFINISHED = (CampaignState.PROPOSED, CampaignState.DRAWN)


@dataclass(frozen=True)
class Ahead:
    """An occasion of the calendar that is not proposed yet."""

    moment: str
    title: str
    proposed_on: date
    starts_on: date
    stops_on: date
    document: str


@dataclass(frozen=True)
class Counted:
    """``in_wechat`` of the messages cost nothing; ``yuan`` is what the segments of the others cost; ``left_out`` pupils
    by reason, those still to be told first."""

    pupils: int
    messages: int
    in_wechat: int
    parts: int
    yuan: Decimal
    left_out: tuple[tuple[LeftOut, int], ...]


def campaigns_of(session: Session, scope: Scope, most: int, skip: int = 0) -> list[Campaign]:
    """Newest first."""
    statement = scope.narrow(select(Campaign), Campaign.unit_id).order_by(Campaign.made_at.desc(), Campaign.title)
    return list(session.scalars(statement.limit(most).offset(skip)))


def count_campaigns(session: Session, scope: Scope) -> int:
    return session.scalar(scope.narrow(select(func.count()).select_from(Campaign), Campaign.unit_id)) or 0


def count_waiting(session: Session, scope: Scope, by: str, today: date) -> int:
    """Not over: the unit's own to be handed in, and what somebody else handed in there or in a unit right below."""
    near = select(Unit.id).where(or_(Unit.id == scope.unit_id, Unit.parent_id == scope.unit_id))
    own = and_(Campaign.unit_id == scope.unit_id, Campaign.state.in_(UNFINISHED))
    handed_in = and_(
        Campaign.unit_id.in_(near), Campaign.state == CampaignState.SUBMITTED, Campaign.submitted_by != by
    )  # fmt: skip
    waits = select(func.count()).select_from(Campaign).where(or_(own, handed_in), Campaign.stops_on >= today)
    return session.scalar(scope.narrow(waits, Campaign.unit_id)) or 0


def ahead(today: date) -> tuple[Ahead, ...]:
    """What the year still brings, from the next that is not proposed."""
    dated = [(occasion, today.year + later) for later in (0, 1) for occasion in occasions()]
    coming = [
        Ahead(
            occasion.moment, occasion.title,
            occasion.proposed_on(year), occasion.starts_on(year), occasion.stops_on(year), occasion.document,
        )
        for occasion, year in dated
        if occasion.proposed_on(year) > today
    ]  # fmt: skip
    return tuple(coming[: len(occasions())])


def counted(campaign: Campaign, price: Decimal) -> Counted:
    left: Mapping[str, int] = campaign.counts.get("left_out", {})
    by_reason = sorted(((LEFT_OUT[code], count) for code, count in left.items()), key=lambda one: not one[0].tell)
    parts = int(campaign.counts.get("parts", 0))
    messages, in_wechat = int(campaign.counts.get("messages", 0)), int(campaign.counts.get("in_wechat", 0))
    pupils = int(campaign.counts.get("pupils", 0))
    return Counted(pupils, messages, in_wechat, parts, parts * price, tuple(by_reason))
