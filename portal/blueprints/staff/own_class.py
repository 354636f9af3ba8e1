"""我的学生: what a class teacher sees and says: two questions a listed pupil, and the telephone (N2-3, N4-4)."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from portal import audit, clock
from portal.access.permissions import Permission
from portal.access.tries import count_try
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.pupil_acts import ContactForm
from portal.blueprints.staff.terms import current_term
from portal.coverage.contacts import CONSENT, ContactRefused, record_contact
from portal.coverage.own_class import Verified, own_pupil, own_pupils, verify
from portal.database import db
from portal.models import ContactRecord, EnrolmentRecord, Pupil
from portal.outreach.tasks import note_contact
from portal.vocabulary import Channel


class VerifyForm(Form):
    in_school = RadioField(
        "孩子在校吗？", [InputRequired("请选在不在校")], choices=choices({"yes": "在校", "no": "不在这所学校了"})
    )
    wants_aid = RadioField(
        "家长说需要资助吗？", [InputRequired("请选一项；还没有问就选“还没有问”")],
        choices=choices({"yes": "需要", "no": "暂时不需要", "unasked": "还没有问"}),
    )  # fmt: skip
    channel = SelectField(
        "怎么问的", choices=choices({"": "没有问家长"} | {channel.value: words for channel, words in CONSENT.items()})
    )

    @property
    def verified(self) -> Verified:
        asked = {"yes": True, "no": False}.get(self.wants_aid.data)
        channel = Channel(self.channel.data) if self.channel.data else None
        return Verified(self.in_school.data == "yes", asked, channel)


@staff.get("/my-pupils")
@needs(Permission.VERIFY_OWN_CLASS)
def my_pupils() -> str:
    """Whole names of a class are read here, so it is in the trail, once for all of them."""
    session, term, unit_id = db.session(), current_term(), current_user.staff.unit_id
    pupils = own_pupils(session, current_user.scope, term)
    whose = [str(pupil.id) for pupil in pupils]
    audit.record(session, current_user.actor, "read", unit_id=unit_id, source=source(), whose=whose)
    page = render_template("staff/my_pupils.html", pupils=pupils, term=term)
    session.commit()
    return page


@staff.get("/my-pupils/<uuid:pupil_id>")
@needs(Permission.VERIFY_OWN_CLASS)
def my_pupil(pupil_id: UUID) -> str:
    pupil = _find(pupil_id)
    audit.record(db.session(), current_user.actor, "read", unit_id=pupil.school_id, pupil_id=pupil.id, source=source())
    page = _page(pupil, VerifyForm(None))
    db.session.commit()
    return page


@staff.post("/my-pupils/<uuid:pupil_id>")
@needs(Permission.VERIFY_OWN_CLASS)
def verify_pupil(pupil_id: UUID) -> BaseResponse | tuple[str, int]:
    session, pupil, form = db.session(), _find(pupil_id), VerifyForm()
    if form.validate_on_submit():
        try:
            verify(session, pupil, current_term().code, form.verified, current_user.actor, clock.now())
        except ContactRefused as refused:
            form.channel.errors = [str(refused)]
        else:
            if form.verified.channel is not None:
                note_contact(session, pupil.id, True, current_user.actor, clock.now())
            session.commit()
            flash("已记下。家长在自己的页面上看得到是谁、什么时候、怎么问的。")
            return redirect(url_for("staff.my_pupils"))
    return _page(pupil, form), 422


@staff.post("/my-pupils/<uuid:pupil_id>/contacts")
@needs(Permission.VERIFY_OWN_CLASS)
def record_own_contact(pupil_id: UUID) -> BaseResponse | tuple[str, int]:
    """Every contact is logged, also the one that did not come about."""
    session, pupil, form = db.session(), _find(pupil_id), ContactForm()
    if form.validate_on_submit():
        try:
            record_contact(session, pupil, current_term().code, form.spoken, current_user.actor, clock.now())
            note_contact(session, pupil.id, form.spoken.reached, current_user.actor, clock.now())
        except ContactRefused as refused:
            form.answer.errors = [str(refused)]
        else:
            session.commit()
            flash("联系已记下。")
            return redirect(url_for("staff.my_pupil", pupil_id=pupil_id))
    return _page(pupil, VerifyForm(None), contact_form=form), 422


@staff.post("/my-pupils/<uuid:pupil_id>/phone")
@needs(Permission.VERIFY_OWN_CLASS)
def show_phone(pupil_id: UUID) -> str:
    """To ring the family; counted and in the trail like every number in full."""
    session, pupil = db.session(), _find(pupil_id)
    count_try(session, "reveal", current_user.actor, clock.now())
    audit.record(
        session, current_user.actor, "revealed",
        unit_id=pupil.school_id, pupil_id=pupil.id, source=source(), what="phone", purpose="contact",
    )  # fmt: skip
    phones = [(guardian.relation or "监护人", guardian.phone) for guardian in pupil.guardians if guardian.phone]
    page = _page(pupil, VerifyForm(None), phones)
    session.commit()
    return page


def _find(pupil_id: UUID) -> Pupil:
    found: Pupil = current_user.scope.find(db.session(), Pupil, pupil_id, Pupil.school_id)
    return found


def _page(
    pupil: Pupil,
    form: VerifyForm,
    phones: list[tuple[str, str]] | None = None,
    contact_form: ContactForm | None = None,
) -> str:
    session, term = db.session(), current_term()
    of_term = EnrolmentRecord.pupil_id == pupil.id, EnrolmentRecord.term == term.code
    record = session.scalars(select(EnrolmentRecord).where(*of_term, EnrolmentRecord.left_on.is_(None))).one()
    contacts = session.scalars(
        select(ContactRecord).where(ContactRecord.pupil_id == pupil.id).order_by(ContactRecord.at.desc())
    ).all()
    line = own_pupil(session, pupil, record, term)
    return render_template(
        "staff/my_pupil.html",
        pupil=line,
        form=form,
        phones=phones,
        contacts=contacts,
        contact_form=contact_form,
        term=term,
    )
