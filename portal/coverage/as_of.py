"""往日台账: every row as its last change up to the end of a day left it (N3-16, G11)."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from portal.access.scope import Scope
from portal.clock import SHANGHAI
from portal.models import Entitlement, EntitlementChange

Standing = type[Entitlement] | type[EntitlementChange]
"""What a list is read from: the rows themselves, or how they stood on a day; both have the same columns."""


def standing_on(scope: Scope, term: str, day: date) -> type[EntitlementChange]:
    """One change a row; a row that was opened later is not there."""
    until = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    changes = select(EntitlementChange).where(EntitlementChange.term == term, EntitlementChange.at < until)
    latest = (
        scope.narrow(changes, EntitlementChange.school_id)
        .ext(distinct_on(EntitlementChange.entitlement_id))
        .order_by(EntitlementChange.entitlement_id, EntitlementChange.number.desc())
    )
    return aliased(EntitlementChange, latest.subquery())
