"""告知单: one A5 a pupil, all alike outside but for the name; the code is folded in (G6, docs/decisions/0013)."""

from flask import current_app, render_template
from flask_login import current_user
from sqlalchemy import ColumnElement, func, select
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal import audit, clock
from portal.access.households import is_grown_up
from portal.access.permissions import Permission
from portal.access.slips import issue_slips, spaced
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.terms import current_term
from portal.coverage.words import class_words
from portal.database import db
from portal.models import EnrolmentRecord, Pupil, SchoolClass
from portal.outreach.script import version
from portal.settings import Settings

Record = EnrolmentRecord


PAPERS = {"A5": ("A5 纸，一人一页", 1), "A4": ("A4 纸横放，一页两人，从中间裁开", 2)}
"""What a school has in its printer, and how many slips go on a page."""


class SlipsForm(Form):
    in_class = SelectField("班级", [InputRequired("请选班级")])
    paper = SelectField("纸张", default="A5", choices=choices({code: words for code, (words, _) in PAPERS.items()}))


@staff.get("/slips")
@needs(Permission.PRINT_SLIPS)
def slips() -> str:
    return render_template("staff/slips.html", form=_form(), term=current_term())


@staff.post("/slips")
@needs(Permission.PRINT_SLIPS)
def print_slips() -> str | tuple[str, int]:
    form = _form()
    if not form.validate_on_submit():
        return render_template("staff/slips.html", form=form, term=current_term()), 422
    session, unit = db.session(), current_user.staff.unit
    grade, _, name = form.in_class.data.partition("|")
    pupils = _pupils_of(grade, name)
    codes = issue_slips(session, pupils, clock.now())
    audit.record(session, current_user.actor, "slips_printed", unit_id=unit.id, source=source(), slips=len(pupils))
    session.commit()
    today = clock.today()
    pages = [(pupil.name, spaced(codes[pupil.id].code or ""), is_grown_up(pupil, today)) for pupil in pupils]
    return render_template(
        "staff/slips_print.html",
        pages=pages, paper=form.paper.data, a_page=PAPERS[form.paper.data][1], version=version(), address=_address(),
        school=unit, teacher=_teacher_of(grade, name), in_class=class_words(grade, name),
    )  # fmt: skip


def _address() -> str:
    """What families type: from the settings, for what the officer's own browser asked for anybody may have made up."""
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url.partition("://")[2]


def _form() -> SlipsForm:
    form = SlipsForm()
    classes = select(Record.grade, Record.class_name, func.count()).where(*_here())
    classes = classes.group_by(Record.grade, Record.class_name, Record.stage, Record.grade_number)
    found = db.session.execute(classes.order_by(Record.stage, Record.grade_number, Record.class_name))
    form.in_class.choices = choices(
        {f"{grade}|{name}": f"{class_words(grade, name) or '没有写班级'}（{count} 人）" for grade, name, count in found}
    )
    return form


def _here() -> tuple[ColumnElement[bool], ...]:
    return (
        Record.school_id == current_user.staff.unit_id,
        Record.term == current_term().code,
        Record.left_on.is_(None),
    )


def _pupils_of(grade: str, name: str) -> list[Pupil]:
    enrolled = select(Pupil).join(Record, Record.pupil_id == Pupil.id).where(*_here(), Record.grade == grade)
    in_order = enrolled.where(Record.class_name == name).order_by(func.length(Record.roster_row), Record.roster_row)
    return list(db.session.scalars(in_order))


def _teacher_of(grade: str, name: str) -> str:
    of_class = select(SchoolClass.teacher).where(
        SchoolClass.school_id == current_user.staff.unit_id, SchoolClass.grade == grade, SchoolClass.name == name
    )
    return db.session.scalar(of_class) or ""
