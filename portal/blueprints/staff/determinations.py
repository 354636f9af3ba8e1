"""认定等级 on a pupil's page: level and day, and for whom no list names the reason; no file, no stamp."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.pupils import pupil_page
from portal.blueprints.staff.terms import current_term
from portal.coverage import determinations
from portal.coverage.determinations import DayRefused, DeterminationRefused, Said
from portal.database import db
from portal.models import Pupil
from portal.vocabulary import Determination, DeterminationRoute


class DeterminationForm(Form):
    """Names of its own: the pupil's page has other forms beside it."""

    level = SelectField("等级", choices=choices({one.value: one.label for one in Determination}))
    decided_on = DateField("认定日期", [InputRequired("请填认定日期")])
    determined_because = StringField("认定原因")

    @property
    def said(self) -> Said:
        return Said(Determination(self.level.data), self.decided_on.data, self.determined_because.data or "")


@staff.post("/pupils/<uuid:pupil_id>/determination")
@needs(Permission.DETERMINE)
def determine(pupil_id: UUID) -> BaseResponse | tuple[str, int]:
    session, form = db.session(), DeterminationForm()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    if form.validate_on_submit():
        try:
            determinations.record(session, pupil, current_term(), form.said, current_user.staff, clock.now())
        except DayRefused as refused:
            form.decided_on.errors = [str(refused)]
        except DeterminationRefused as refused:
            form.determined_because.errors = [str(refused)]
        else:
            session.commit()
            flash("认定已登记。记错了可以撤回。")
            return redirect(url_for("staff.pupil", pupil_id=pupil_id))
    return pupil_page(pupil_id, determination_form=form), 422


@staff.post("/pupils/<uuid:pupil_id>/determination/undo")
@needs(Permission.DETERMINE)
def take_back_determination(pupil_id: UUID) -> BaseResponse:
    session = db.session()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    try:
        determinations.take_back(session, pupil, current_term(), current_user.staff, clock.now())
    except DeterminationRefused as refused:
        flash(str(refused))
    else:
        session.commit()
        flash("已撤回，可以重新登记。")
    return redirect(url_for("staff.pupil", pupil_id=pupil_id))


@staff.context_processor
def determined() -> dict[str, object]:
    """For the section of the pupil's page, asked only there."""
    return {
        "determination_of": lambda pupil_id: determinations.standing_of(
            db.session(), pupil_id, current_term().school_year
        ),
        "determination_levels": {one.value: one.label for one in Determination},
        "empty_determination_form": lambda: DeterminationForm(None, decided_on=clock.today()),
        "on_a_list": DeterminationRoute.LISTED,
    }
