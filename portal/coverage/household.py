"""同户: the family is on a list and the child itself is not; the county looks, nothing is promised (J5, A5)."""

from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.known import Child, Enrolled
from portal.coverage.ledger import entitlements
from portal.coverage.words import NAMED, above_place
from portal.enrolment.circumstances import circumstances_of
from portal.enrolment.standing import stands
from portal.models import MatchPair
from portal.policies.catalogue import Catalogue
from portal.policies.evaluation import term_amount
from portal.vocabulary import Decision


@dataclass(frozen=True)
class Household:
    """``might_be`` is what the term would bring were the child on the list; None where no figure is sure."""

    headline: str
    words: str
    might_be: Decimal | None


def household_of(
    session: Session, pupil: Child, record: Enrolled, term: SchoolTerm, catalogue: Catalogue
) -> Household | None:
    """None for a child whose family is on no list; asked only of one that has no aid of its own."""
    standing = select(MatchPair).where(
        MatchPair.pupil_id == pupil.id, stands(term.code), MatchPair.outcome == Decision.HOUSEHOLD
    )
    categories = {pair.category or "" for pair in session.scalars(standing)}
    if not categories:
        return None
    as_listed = replace(
        circumstances_of(record, pupil.school, pupil.hukou_division, None), categories=frozenset(categories)
    )
    sums = [term_amount(finding) for finding in entitlements(catalogue, as_listed, term.first_day)]
    known = [yuan for yuan in sums if yuan is not None]
    above = above_place(pupil.school)
    named = next((NAMED[code][1] for code in sorted(categories & NAMED.keys())), "")
    return Household(
        headline=f"{above}正在核对，您不用做任何事，也不用交证明",
        words=f"您家在{named}名单里，孩子本人还没有列上。{above}核对后，学校告诉您结果。",
        might_be=sum(known, Decimal(0)) if known else None,
    )
