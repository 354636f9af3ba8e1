"""学生页: everything about one pupil, and the one way to see a number in full. Every opening is in the trail."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import render_template
from flask_login import current_user
from sqlalchemy import select
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from portal import audit, clock
from portal.access.one_to_one import helper_of, may_help
from portal.access.permissions import Permission
from portal.access.slips import spaced
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import count, staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.purposes import REVEAL_FOR
from portal.clock import term_of
from portal.coverage.additions import latest_of
from portal.coverage.pupil_file import pupil_file
from portal.database import db, set_reach
from portal.enrolment.waivers import APART
from portal.models import Pupil, Slip
from portal.outreach.lists import messages_of_pupil
from portal.outreach.opt_outs import refusals
from portal.outreach.replies import replies_to


class RevealForm(Form):
    what = RadioField("看哪一项", [InputRequired("请选看哪一项")])
    purpose = SelectField("用途", [InputRequired("请选用途")], choices=REVEAL_FOR)


@staff.get("/pupils/<uuid:pupil_id>")
@needs(Permission.SEE_PUPILS)
def pupil(pupil_id: UUID) -> str:
    return pupil_page(pupil_id)


def pupil_page(pupil_id: UUID, **shown: Any) -> str:
    """``shown`` is what an act on the page adds to it: a form with its errors, a number in full."""
    session, scope, today = db.session(), current_user.scope, clock.today()
    person = scope.find(session, Pupil, pupil_id, Pupil.school_id)
    level = current_user.staff.unit.level
    set_reach(session, replace(scope.reach, pupils=(pupil_id,)))  # what was before at another school is theirs to read
    file = pupil_file(session, scope, pupil_id, level, the_catalogue(), today, current_user.actor, source())
    messages = messages_of_pupil(session, pupil_id)
    words = {
        "file": file,
        "name": person.name if current_user.may(Permission.REVEAL) else file.masked_name,
        "addition": latest_of(session, pupil_id),
        "helping": helper_of(session, person, term_of(today).code),
        "teachers": may_help(session, person.school_id) if current_user.may(Permission.NAME_HELPER) else [],
        "messages": messages,
        "refusals": refusals(session, person),
        "replies": replies_to(session, [message.id for message in messages]),
        "reveal_form": _reveal_form(person),
        "apart": APART.days,
        **shown,
    }
    page = render_template("staff/pupil.html", **words)
    session.commit()
    return page


@staff.post("/pupils/<uuid:pupil_id>/reveal")
@needs(Permission.REVEAL)
def reveal(pupil_id: UUID) -> str | tuple[str, int]:
    session = db.session()
    person = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    form = _reveal_form(person)
    if not form.validate_on_submit():
        return pupil_page(pupil_id, reveal_form=form), 422
    count("reveal", person.id)
    audit.record(
        session, current_user.actor, "revealed",
        unit_id=person.school_id, pupil_id=person.id, source=source(), what=form.what.data, purpose=form.purpose.data,
    )  # fmt: skip
    return pupil_page(pupil_id, revealed=(_things(person)[form.what.data], _value(person, form.what.data)))


def _reveal_form(person: Pupil) -> RevealForm:
    form = RevealForm()
    form.what.choices = choices(_things(person))
    return form


def _things(person: Pupil) -> dict[str, str]:
    """What there is to be seen of this pupil, by code."""
    things = {"number": "学生证件号"} if person.id_number_sealed else {}
    for guardian in person.guardians:
        if guardian.phone_sealed:
            things[f"phone-{guardian.position}"] = f"{guardian.relation or '监护人'}电话"
    return things | {"slip": "告知单号码"}


def _value(person: Pupil, what: str) -> str:
    if what == "number":
        return person.id_number or ""
    if what == "slip":
        standing = select(Slip).where(Slip.pupil_id == person.id, Slip.withdrawn_at.is_(None))
        slip = db.session.scalars(standing).first()
        return spaced(slip.code or "") if slip else "还没有告知单，请先打印"
    phones = {f"phone-{guardian.position}": guardian.phone or "" for guardian in person.guardians}
    return phones[what]
