"""下年度预算 for the offices above the schools: assumptions in the address, the sum on the page, formulas in Excel."""

from flask import Response, render_template, request
from flask_login import current_user

from portal import audit, clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.sheets import download
from portal.blueprints.staff.terms import asked_term
from portal.coverage.budget import Assumptions, Budget, budget
from portal.coverage.budget_sheet import workbook
from portal.database import db

MOST = {"entry": 300, "growth": 100, "terms": 4}


@staff.get("/budget")
@needs(Permission.MAKE_BUDGET)
def next_budget() -> str:
    return render_template("staff/budget.html", made=_budget(), term=asked_term(), catalogue=the_catalogue(), most=MOST)


@staff.post("/budget")
@needs(Permission.MAKE_BUDGET)
def take_budget() -> Response:
    session, unit, term, made = db.session(), current_user.staff.unit, asked_term(), _budget()
    audit.record(
        session, current_user.actor, "exported",
        unit_id=unit.id, source=source(), list="budget", term=term.code, rows=len(made.lines),
    )  # fmt: skip
    session.commit()
    return download(workbook(made, unit.name, clock.today(), the_catalogue()), f"资助预算-{made.year}学年.xlsx")


def _budget() -> Budget:
    usual = Assumptions()
    stated = Assumptions(
        _number("entry", usual.entry_percent), _number("growth", usual.growth_percent), _number("terms", usual.terms)
    )
    return budget(db.session(), current_user.staff.unit, asked_term(), the_catalogue(), stated)


def _number(name: str, usual: int) -> int:
    """What is no number is the usual one; what is beyond sense is the most."""
    return min(max(request.args.get(name, usual, type=int), 0), MOST[name])
