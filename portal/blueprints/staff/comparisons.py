"""与系统名单比差异: who stands in one and not in the other, and where both say something else (N3-18)."""

from flask import render_template, request
from flask_login import current_user

from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.terms import asked_term, terms_around
from portal.coverage import comparisons
from portal.coverage.comparisons import SYSTEMS, Asked, Kind
from portal.database import db
from portal.vocabulary import IntakeKind


@staff.get("/back-fill/differences")
@needs(Permission.SEE_PUPILS)
def compare_systems() -> str:
    session, asked, term = db.session(), Asked(current_user.scope, asked_term().code, _system()), asked_term()
    known = comparisons.came_in(session, asked)
    counts = {kind: comparisons.count(session, asked, kind) if known else 0 for kind in Kind}
    kind = _kind(counts)
    paging = Paging.within(asked_page(), counts[kind])
    return render_template(
        "staff/comparison.html",
        asked=asked,
        known=known,
        newest=comparisons.newest(session, asked),
        systems=SYSTEMS,
        counts=counts,
        kind=kind,
        lines=comparisons.lines(session, asked, kind, the_catalogue(), paging.offset, PAGE) if known else [],
        paging=paging,
        term=term,
        terms=terms_around()[1:],
    )


def _system() -> IntakeKind:
    written = request.args.get("system", "")
    return IntakeKind(written) if written in SYSTEMS else IntakeKind.NATIONAL_LIST


def _kind(counts: dict[Kind, int]) -> Kind:
    """The one the address names, or the first of which there is any."""
    written = request.args.get("kind", "")
    first = next((kind for kind, count in counts.items() if count), Kind.ONLY_HERE)
    return Kind(written) if written in list(Kind) else first
