"""统计: the ledger's pupils by area, stage, category and origin; every number opens the list it counts."""

from flask import Response, abort, render_template, request
from flask_login import current_user

from portal import audit
from portal.access.permissions import Permission
from portal.access.scope import scope_of
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.sheets import as_xlsx, download
from portal.blueprints.staff.terms import asked_term, terms_around
from portal.coverage.award_lists import received
from portal.coverage.counted import LEFT_OUT, By, Measure, count_left_out
from portal.coverage.counted_lists import Question, lines_of
from portal.coverage.distribution import Distribution, Group, distribution
from portal.coverage.small_groups import HIDDEN, tell
from portal.database import db
from portal.models import Unit
from portal.vocabulary import UnitLevel

MOST_BARS = 20
HEADINGS = ("{by}", "台账学生", "已助", "应助未助", "已结束（有原因）", "应发（元）", "还差（元）")


@staff.get("/statistics")
@needs(Permission.SEE_PUPILS)
def statistics() -> str:
    unit, term, by = unit_asked_for(), asked_term(), _by()
    found = distribution(db.session(), unit, term.code, by)
    return render_template(
        "staff/statistics.html",
        found=found,
        bars=_bars(found),
        unit=unit,
        above=unit_above(unit),
        ways=[(one, _label(one, unit)) for one in By],
        label=_label(by, unit),
        measures=list(Measure),
        left_out=count_left_out(db.session(), scope_of(unit), term.code),
        received=received(db.session(), scope_of(unit), term.code),
        term=term,
        terms=terms_around()[1:],
    )


@staff.get("/statistics/pupils")
@needs(Permission.SEE_PUPILS)
def counted() -> str:
    unit, term, by, session = unit_asked_for(), asked_term(), _by(), db.session()
    asked = Question(unit, term.code, by, request.args.get("group", ""), _measure())
    found = distribution(session, unit, term.code, by)
    label, figures = found.of(asked.group)
    paging = Paging.within(asked_page(), figures.of(asked.measure))
    return render_template(
        "staff/counted.html",
        asked=asked,
        lines=lines_of(session, asked, paging.offset, PAGE),
        paging=paging,
        of_group=label,
        left_out=LEFT_OUT,
        term=term,
    )


@staff.post("/statistics/export")
@needs(Permission.EXPORT)
def export_statistics() -> Response:
    """What leaves the level hides groups under five (N3-19)."""
    unit, term, by, session = unit_asked_for(), asked_term(), _by(), db.session()
    found = distribution(session, unit, term.code, by)
    rows = tell([(group.label, group.figures) for group in found.groups], ("合计", found.total))
    headings = [heading.format(by=_label(by, unit)) for heading in HEADINGS]
    audit.record(
        session, current_user.actor, "exported",
        unit_id=unit.id, source=source(), list="statistics", term=term.code, rows=len(rows), about=by.label,
    )  # fmt: skip
    session.commit()
    return download(as_xlsx(headings, [*rows, (HIDDEN,), (LEFT_OUT,)]), f"统计-{_label(by, unit)}-{term.code}.xlsx")


def unit_asked_for() -> Unit:
    """The reader's own, or one below it."""
    code = request.args.get("unit", "")
    own: Unit = current_user.staff.unit
    return current_user.scope.find_unit(db.session(), code) if code else own


def unit_above(unit: Unit) -> Unit | None:
    return unit.parent if unit.id != current_user.staff.unit_id else None


def _by() -> By:
    written = request.args.get("by", By.AREA.value)
    return By(written) if written in list(By) else abort(404)


def _measure() -> Measure:
    written = request.args.get("measure", Measure.ALL.value)
    return Measure(written) if written in list(Measure) else abort(404)


def _label(by: By, unit: Unit) -> str:
    if by is not By.AREA:
        return by.label
    return {UnitLevel.SCHOOL: "年级", UnitLevel.COUNTY: "学校"}.get(unit.level, "地区")


def _bars(found: Distribution) -> list[tuple[str, int, int]]:
    """What the chart draws: those with most to do first, so many as can be read."""
    worst: list[Group] = sorted(found.groups, key=lambda group: (-group.figures.unaided, -group.figures.aided))
    shown = [group for group in worst if group.figures.aided + group.figures.unaided][:MOST_BARS]
    return [(group.label, group.figures.aided, group.figures.unaided) for group in shown]
