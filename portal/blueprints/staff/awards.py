"""发放与差异: what the national system's file says was paid, where it differs from the ledger, what is still owed.

There is no form here: nobody types a payment (N3-15).
"""

from flask import abort, render_template, request
from flask_login import current_user

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.statistics import unit_above, unit_asked_for
from portal.blueprints.staff.terms import asked_term, terms_around
from portal.coverage import differences, owed
from portal.coverage.award_lists import paid_lines, received, schools_paid
from portal.coverage.difference_counts import counted
from portal.coverage.differences import DIFFERENCES, Difference
from portal.coverage.differing import Asked, Kind
from portal.database import db


@staff.get("/awards")
@needs(Permission.SEE_PUPILS)
def awards() -> str:
    session, scope, term = db.session(), current_user.scope, asked_term()
    found = received(session, scope, term.code)
    paging = Paging.within(asked_page(), found.awards)
    parts = owed.owed(session, current_user.staff.unit, term)
    return render_template(
        "staff/awards.html",
        found=found,
        lines=paid_lines(session, scope, term.code, the_catalogue(), paging.offset, PAGE),
        differing=sum(numbers.total() for numbers in counted(session, _asked()).values()),
        gap=sum(part.yuan for part in parts),
        children=sum(part.pupils for part in parts),
        paging=paging,
        term=term,
        terms=terms_around()[1:],
    )


@staff.get("/awards/differences")
@needs(Permission.SEE_PUPILS)
def award_differences() -> str:
    session, asked = db.session(), _asked()
    found = counted(session, asked)
    sums = {kind: numbers.total() for kind, numbers in found.items()}
    shown = _kind(sums)
    paging = Paging.within(asked_page(), sums[shown.kind])
    return render_template(
        "staff/differences.html",
        shown=shown,
        counted=sums,
        lines=differences.lines(session, asked, shown, found[shown.kind], paging.offset, PAGE),
        schools=differences.at_schools(session, found[shown.kind]),
        received=received(session, asked.scope, asked.term.code),
        paging=paging,
        term=asked.term,
    )


@staff.get("/awards/owed")
@needs(Permission.SEE_PUPILS)
def owed_parts() -> str:
    """The gap part by part: cities, counties, schools, and of a school its classes."""
    unit, term = unit_asked_for(), asked_term()
    parts = owed.owed(db.session(), unit, term)
    return render_template("staff/owed.html", unit=unit, above=unit_above(unit), parts=parts, term=term)


@staff.get("/awards/owed/pupils")
@needs(Permission.SEE_PUPILS)
def owed_pupils() -> str:
    session, unit, term, part = db.session(), unit_asked_for(), asked_term(), request.args.get("part", "")
    parts = {one.code: one for one in owed.owed(session, unit, term)}
    if part and part not in parts:
        abort(404)
    chosen = [parts[part]] if part else list(parts.values())
    paging = Paging.within(asked_page(), sum(one.pupils for one in chosen))
    lines = owed.lines(session, unit, term, part, the_catalogue(), paging.offset, PAGE)
    return render_template(
        "staff/owed_pupils.html", unit=unit, part=part, parts=chosen, lines=lines, paging=paging, term=term
    )


def _asked() -> Asked:
    scope, term = current_user.scope, asked_term()
    paid_at = schools_paid(db.session(), scope, term.code)
    return Asked(scope, term, clock.today(), the_catalogue(), paid_at=paid_at)


def _kind(counted: dict[Kind, int]) -> Difference:
    """The one the address names, or the first of which there is any."""
    written = request.args.get("kind", "")
    first = next((kind for kind, count in counted.items() if count), Kind.UNLISTED)
    return DIFFERENCES[Kind(written) if written in list(Kind) else first]
