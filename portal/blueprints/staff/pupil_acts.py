"""What is done on a pupil's page: a reason from the managed list, a contact with the family."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal import audit, clock
from portal.access.permissions import Permission
from portal.access.scope import NotInScope
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.pupils import pupil_page
from portal.blueprints.staff.terms import current_term
from portal.coverage import reasons, unaided
from portal.coverage.contacts import ANSWERS, BY_A_PERSON, DENIED, DENIED_LABEL, ContactRefused, Spoken
from portal.coverage.contacts import record_contact as record
from portal.database import db
from portal.enrolment.corrections import CorrectionRefused, may_look, settle_one
from portal.enrolment.disputes import ask_bureaus
from portal.enrolment.waivers import APART
from portal.models import Correction, Entitlement, Pupil
from portal.outreach.script import script_for
from portal.outreach.tasks import note_contact
from portal.vocabulary import Channel

SAID = {"": "没有问到"} | {code: answer.label for code, answer in ANSWERS.items()} | {DENIED: DENIED_LABEL}


class ReasonForm(Form):
    code = SelectField("未资助原因", [InputRequired("请从列表里选一个原因")])
    words = TextAreaField("说明", [Length(max=reasons.LONGEST, message=f"说明请不超过{reasons.LONGEST}个字")])
    due = DateField("预计办完的日期", [Optional()])


class ContactForm(Form):
    channel = SelectField("怎么联系", choices=choices({channel.value: channel.label for channel in BY_A_PERSON}))
    reached = RadioField(
        "联系上了吗", [InputRequired("请选联系上了没有")], choices=choices({"yes": "联系上了", "no": "没有联系上"})
    )
    answer = SelectField("家长怎么说", choices=choices(SAID))
    words = TextAreaField("补充", [Length(max=200, message="补充请不超过200个字")])

    @property
    def spoken(self) -> Spoken:
        return Spoken(
            Channel(self.channel.data), self.reached.data == "yes", self.answer.data or "", self.words.data or ""
        )


class SettleForm(Form):
    answer = TextAreaField("答复家长")


@staff.post("/entitlements/<uuid:entitlement_id>/reason")
@needs(Permission.GIVE_REASON)
def give_reason(entitlement_id: UUID) -> BaseResponse | tuple[str, int]:
    session = db.session()
    row = current_user.scope.find(session, Entitlement, entitlement_id, Entitlement.school_id)
    form = _with_choices(ReasonForm(prefix=str(entitlement_id)))
    if form.validate_on_submit():
        try:
            unaided.give_reason(
                session, row, form.code.data, form.words.data or "", current_user.staff, clock.now(), form.due.data
            )
        except reasons.ReasonRefused as refused:
            form.code.errors = [str(refused)]
        else:
            session.commit()
            flash("原因已记下。")
            return redirect(url_for("staff.pupil", pupil_id=row.pupil_id))
    return pupil_page(row.pupil_id, reason_form=form, reason_for=row.id), 422


@staff.post("/pupils/<uuid:pupil_id>/contacts")
@needs(Permission.RECORD_CONTACT)
def record_contact(pupil_id: UUID) -> BaseResponse | tuple[str, int]:
    session = db.session()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    form = ContactForm()
    if form.validate_on_submit():
        try:
            record(session, pupil, current_term().code, form.spoken, current_user.actor, clock.now())
            note_contact(session, pupil_id, form.spoken.reached, current_user.actor, clock.now())
        except ContactRefused as refused:
            form.answer.errors = [str(refused)]
        else:
            session.commit()
            flash("联系已记下。")
            return redirect(url_for("staff.pupil", pupil_id=pupil_id))
    return pupil_page(pupil_id, contact_form=form), 422


@staff.get("/pupils/<uuid:pupil_id>/script")
@needs(Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS)
def script(pupil_id: UUID) -> str:
    """话术, to be read out with the telephone in the other hand; opening it is in the trail."""
    session = db.session()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    spoken = script_for(session, pupil, current_term(), clock.today())
    audit.record(
        session, current_user.actor, "script_read", unit_id=pupil.school_id, pupil_id=pupil_id, source=source()
    )
    session.commit()
    return render_template("staff/script.html", pupil_id=pupil_id, script=spoken, apart=APART.days)


@staff.post("/corrections/<uuid:correction_id>/settle")
@needs(Permission.ANSWER_FAMILIES)
def settle_correction(correction_id: UUID) -> BaseResponse | tuple[str, int]:
    """Looked into: it no longer waits, and stays on the pupil's page."""
    session, form = db.session(), SettleForm()
    said = current_user.scope.find(session, Correction, correction_id, Correction.school_id)
    if not may_look(said.about, current_user.staff.unit.level):
        raise NotInScope
    try:
        settle_one(session, said, form.answer.data or "", current_user.actor, clock.now())
    except CorrectionRefused as refused:
        form.answer.errors = [str(refused)]
        return pupil_page(said.pupil_id, settle_form=form, settle_for=said.id), 422
    session.commit()
    flash("已记为核实。")
    return redirect(url_for("staff.pupil", pupil_id=said.pupil_id))


@staff.post("/corrections/<uuid:correction_id>/ask-bureau")
@needs(Permission.SETTLE_HOUSEHOLD)
def ask_bureau(correction_id: UUID) -> BaseResponse:
    """请部门核实, for a family that says the list is wrong; its bureau answers in 核实."""
    session = db.session()
    said = current_user.scope.find(session, Correction, correction_id, Correction.school_id)
    try:
        asked = ask_bureaus(session, said, current_user.staff, clock.now())
        session.commit()
        flash(f"已请部门核实 {asked} 条，答复到了在“核实”里办。")
    except CorrectionRefused as refused:
        session.rollback()
        flash(str(refused))
    return redirect(url_for("staff.pupil", pupil_id=said.pupil_id))


def empty_reason_form(entitlement_id: UUID) -> ReasonForm:
    """Each row of the page has a form of its own, so its fields need names of their own."""
    return _with_choices(ReasonForm(None, prefix=str(entitlement_id)))


def empty_contact_form() -> ContactForm:
    return ContactForm(None)


def _with_choices(form: ReasonForm) -> ReasonForm:
    level = current_user.staff.unit.level
    form.code.choices = choices({"": "请选原因"} | {reason.code: reason.label for reason in reasons.choices(level)})
    return form


@staff.context_processor
def forms() -> dict[str, object]:
    """Empty forms for the pupil's page, made only where it asks for them."""
    return {"empty_reason_form": empty_reason_form, "empty_contact_form": empty_contact_form}
