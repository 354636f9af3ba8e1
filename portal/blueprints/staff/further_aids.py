"""特别困难: on a pupil's page it is flagged, and closed by a further source or by why there is none."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, StringField

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.pupils import pupil_page
from portal.coverage import further_aid
from portal.coverage.further_aid import SOURCES, FurtherAidRefused
from portal.database import db
from portal.models import FurtherAid, Pupil

FOUND = {"": "没有落实"} | {source.code: source.label for source in SOURCES.values()}


class FlagForm(Form):
    """Names of its own: the pupil's page has other forms beside it."""

    further_why = StringField("为什么特别困难")


class FoundForm(Form):
    further_source = SelectField("落实了哪一项", choices=choices(FOUND))
    further_words = StringField("落实了什么，或为什么没有")


@staff.post("/pupils/<uuid:pupil_id>/further-aid")
@needs(Permission.FIND_FURTHER_AID)
def flag_further_aid(pupil_id: UUID) -> BaseResponse | tuple[str, int]:
    session, form = db.session(), FlagForm()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    try:
        further_aid.flag(session, pupil, form.further_why.data or "", current_user.staff, clock.now())
    except FurtherAidRefused as refused:
        form.further_why.errors = [str(refused)]
        return pupil_page(pupil_id, flag_form=form), 422
    session.commit()
    flash("已标记。落实一项其他资助，或写明为什么没有，才算办完。")
    return redirect(url_for("staff.pupil", pupil_id=pupil_id))


@staff.post("/further-aid/<uuid:further_id>")
@needs(Permission.FIND_FURTHER_AID)
def settle_further_aid(further_id: UUID) -> BaseResponse | tuple[str, int]:
    session, form = db.session(), FoundForm()
    row = current_user.scope.find(session, FurtherAid, further_id, FurtherAid.school_id)
    try:
        further_aid.settle(
            session, row, form.further_source.data or "", form.further_words.data or "", current_user.staff, clock.now()
        )
    except FurtherAidRefused as refused:
        form.further_words.errors = [str(refused)]
        return pupil_page(row.pupil_id, found_form=form), 422
    session.commit()
    flash("已记下。")
    return redirect(url_for("staff.pupil", pupil_id=row.pupil_id))


@staff.context_processor
def further() -> dict[str, object]:
    """For the section of the pupil's page, asked only there."""
    return {
        "further_of": lambda pupil_id: further_aid.all_of(db.session(), pupil_id),
        "further_sources": SOURCES,
        "empty_flag_form": lambda: FlagForm(None),
        "empty_found_form": lambda: FoundForm(None),
    }
