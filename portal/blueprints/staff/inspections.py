"""督查: a sample is drawn, read and printed; an inspector changes nothing."""

from secrets import token_hex
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.terms import asked_term
from portal.clock import SchoolTerm
from portal.coverage.counted import Measure
from portal.coverage.inspections import LONGEST_SEED, MOST, SampleRefused, draw, lines_of, samples
from portal.database import db
from portal.models import InspectionSample, Pupil
from portal.outreach.trail_sheet import trail_sheet

ORDER = (Measure.UNAIDED, Measure.ALL, Measure.ENDED, Measure.AIDED)


class SampleForm(Form):
    stratum = SelectField("从哪一类里抽", choices=choices({one.value: one.label for one in ORDER}))
    size = IntegerField(
        "抽多少人", [InputRequired("请写人数"), NumberRange(1, MOST, message=f"一次抽 1 到 {MOST} 人")], default=20
    )
    seed = StringField(
        "种子", [InputRequired("请写一个种子"), Length(max=LONGEST_SEED, message=f"请不超过{LONGEST_SEED}个字")]
    )


@staff.get("/inspections")
@needs(Permission.INSPECT)
def inspections() -> str:
    return _page(SampleForm(seed=token_hex(4)))


@staff.post("/inspections")
@needs(Permission.INSPECT)
def draw_sample() -> BaseResponse | tuple[str, int]:
    form, session, unit, term = SampleForm(), db.session(), current_user.staff.unit, asked_term()
    if not form.validate_on_submit():
        return _page(form), 422
    asked = (Measure(form.stratum.data), form.size.data, form.seed.data.strip())
    try:
        sample = draw(session, unit, term.code, *asked, current_user.staff, clock.now())
    except SampleRefused as refused:
        flash(str(refused))
        return redirect(url_for("staff.inspections", term=term.code))
    session.commit()
    return redirect(url_for("staff.inspection", sample_id=sample.id))


@staff.get("/inspections/<uuid:sample_id>")
@needs(Permission.INSPECT)
def inspection(sample_id: UUID) -> str:
    sample, session = _find(sample_id), db.session()
    return render_template(
        "staff/inspection.html",
        sample=sample,
        stratum=Measure(sample.stratum),
        term=SchoolTerm.parse(sample.term),
        lines=lines_of(session, sample),
    )


@staff.get("/inspections/<uuid:sample_id>/trails")
@needs(Permission.INSPECT)
def inspection_trails(sample_id: UUID) -> str:
    """A page for each of the sample whose pupil is still in reach."""
    sample, session = _find(sample_id), db.session()
    found = [session.get(Pupil, line.pupil_id) for line in lines_of(session, sample)]
    back = url_for("staff.inspection", sample_id=sample.id)
    return _sheets([pupil for pupil in found if pupil is not None], SchoolTerm.parse(sample.term), back)


@staff.get("/pupils/<uuid:pupil_id>/trail")
@needs(Permission.SEE_PUPILS)
def pupil_trail(pupil_id: UUID) -> str:
    """Whoever did the work may show it."""
    pupil = current_user.scope.find(db.session(), Pupil, pupil_id, Pupil.school_id)
    return _sheets([pupil], asked_term(), url_for("staff.pupil", pupil_id=pupil.id))


def _sheets(pupils: list[Pupil], term: SchoolTerm, back: str) -> str:
    session, actor = db.session(), current_user.actor
    sheets = [trail_sheet(session, pupil, term, the_catalogue(), actor, source()) for pupil in pupils]
    page = render_template("staff/trail.html", sheets=sheets, term=term, back=back, now=clock.now())
    session.commit()
    return page


def _find(sample_id: UUID) -> InspectionSample:
    found: InspectionSample = current_user.scope.find(
        db.session(), InspectionSample, sample_id, InspectionSample.unit_id
    )
    return found


def _page(form: SampleForm) -> str:
    drawn = [(sample, Measure(sample.stratum), SchoolTerm.parse(sample.term)) for sample in samples(db.session())]
    return render_template("staff/inspections.html", form=form, drawn=drawn, term=asked_term())
