"""比对名单: who was found, through whom, by which rule, in one sentence each; and the list to take away."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, render_template, request
from flask_login import current_user
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal import audit
from portal.access.permissions import Permission
from portal.access.tries import LIMITS
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import count, staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.purposes import EXPORT_FOR
from portal.blueprints.staff.sheets import WRITERS, download
from portal.blueprints.staff.terms import asked_term
from portal.clock import SchoolTerm
from portal.coverage.matched import BY_DECISION
from portal.coverage.tallies import Counts, added_up, by_school, number, page_of
from portal.database import db
from portal.enrolment.lists import MatchedLine
from portal.enrolment.lists import matched as matched_lines
from portal.vocabulary import Decision

HEADINGS = ("学籍行号", "姓名", "学校标识码", "学校", "年级", "班级", "类别", "依据", "规则", "结论", "说明")


class ExportForm(Form):
    purpose = SelectField("用途", [InputRequired("请选用途")], choices=EXPORT_FOR)
    form = SelectField("格式", choices=choices({"xlsx": "Excel", "csv": "CSV"}))


@staff.get("/matched")
@needs(Permission.SEE_PUPILS)
def matched() -> str:
    return _page(ExportForm(), asked_term())


@staff.post("/matched/export")
@needs(Permission.EXPORT)
def export_matched() -> Response | tuple[str, int]:
    form, term = ExportForm(), asked_term()
    if not form.validate_on_submit():
        return _page(form, term), 422
    session, unit = db.session(), current_user.staff.unit
    count("export")
    rows = [_cells(line) for line in matched_lines(session, current_user.scope, term.code, _decision())]
    audit.record(
        session, current_user.actor, "exported",
        unit_id=unit.id, source=source(), list="matched", term=term.code, rows=len(rows), purpose=form.purpose.data,
    )  # fmt: skip
    session.commit()
    return download(WRITERS[form.form.data](HEADINGS, rows), f"比对名单-{term.code}.{form.form.data}")


def _page(form: ExportForm, term: SchoolTerm) -> str:
    session, scope, decision = db.session(), current_user.scope, _decision()
    found = by_school(session, scope, term.code, BY_DECISION)
    every, asked = (_of_schools(found, only) for only in (None, decision))
    paging = Paging.within(asked_page(), sum(asked.values()))
    schools, skipped = page_of(session, asked, paging.offset, PAGE)
    counts = added_up(found.values())
    return render_template(
        "staff/matched.html",
        lines=matched_lines(session, scope.of_schools(schools), term.code, decision, skipped, PAGE),
        counts={one: number(counts, one.value) for one in Decision},
        total=sum(every.values()),
        decision=decision,
        paging=paging,
        term=term,
        form=form,
        a_day=LIMITS["export"].most,
    )


def _of_schools(found: Mapping[UUID, Counts], decision: Decision | None) -> dict[UUID, int]:
    """How many of each school have this decision, or any."""
    return {
        school: number(counts, decision.value) if decision else sum(pupils for (pupils,) in counts.values())
        for school, counts in found.items()
    }


def _decision() -> Decision | None:
    written = request.args.get("decision", "")
    return Decision(written) if written in list(Decision) else None


def _cells(line: MatchedLine) -> tuple[str, ...]:
    return (
        line.roster_row,
        line.masked_name,
        line.school_code,
        line.school_name,
        line.grade,
        line.class_name,
        "、".join(category.label for category in line.categories),
        line.basis.label,
        line.rule,
        line.decision.label,
        line.because,
    )
