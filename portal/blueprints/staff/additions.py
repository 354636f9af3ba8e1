"""提名与人工新增: what a school proposes, what the county adds, refuses or ends; both on the pupil's page."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.pupils import pupil_page
from portal.blueprints.staff.terms import current_term
from portal.coverage import additions
from portal.coverage.additions import LONGEST, AdditionRefused, Found
from portal.database import db
from portal.models import Addition, HardshipCategory, Pupil, StaffMember
from portal.vocabulary import AdditionState, FoundBy

ADDITION, BECAUSE = "addition", "because"
"""The pupil's page has several forms, so the fields of each need names of their own."""
Answer = BaseResponse | tuple[str, int]
Decide = Callable[[Session, Addition, str, StaffMember, datetime], None]
TOO_LONG = Length(max=LONGEST, message=f"请不超过{LONGEST}个字")


class NominationForm(Form):
    category = SelectField("类别", [InputRequired("请选类别")])
    found_by = SelectField(
        "来源", [InputRequired("请选来源")],
        choices=choices({"": "请选来源"} | {one.value: one.label for one in FoundBy}),
    )  # fmt: skip
    words = TextAreaField("情况", [TOO_LONG])

    @property
    def found(self) -> Found:
        in_charge = self.in_charge.data if "in_charge" in self else ""
        return Found(self.category.data, FoundBy(self.found_by.data), self.words.data or "", in_charge or "")


class AdditionForm(NominationForm):
    in_charge = StringField("负责人", [InputRequired("请填写负责人"), Length(max=30, message="请不超过30个字")])


class BecauseForm(Form):
    because = TextAreaField("理由", [InputRequired("请用一句话写明理由"), TOO_LONG])


@staff.get("/additions")
@needs(Permission.SEE_PUPILS)
def additions_list() -> str:
    session, scope = db.session(), current_user.scope
    counts = additions.count_additions(session, scope)
    asked = request.args.get("show", "")
    shown = AdditionState(asked) if asked in list(AdditionState) else _first(counts)
    paging = Paging.within(asked_page(), counts[shown])
    lines = additions.additions(session, scope, shown, paging.offset, PAGE)
    return render_template("staff/additions.html", lines=lines, counts=counts, shown=shown, paging=paging)


@staff.post("/pupils/<uuid:pupil_id>/nominate")
@needs(Permission.NOMINATE)
def nominate(pupil_id: UUID) -> Answer:
    session, form = db.session(), with_categories(NominationForm(prefix=ADDITION))
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    if form.validate_on_submit():
        try:
            additions.nominate(session, pupil, current_term().code, form.found, current_user.staff, clock.now())
        except AdditionRefused as refused:
            form.category.errors = [str(refused)]
        else:
            return _done(pupil_id, "已提名，上级资助中心会受理并答复。")
    return pupil_page(pupil_id, addition_form=form), 422


@staff.post("/pupils/<uuid:pupil_id>/add")
@needs(Permission.ADD_BY_HAND)
def add_by_hand(pupil_id: UUID) -> Answer:
    session, form = db.session(), with_categories(AdditionForm(prefix=ADDITION))
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    if form.validate_on_submit():
        term, by = current_term().code, current_user.staff
        try:
            additions.add(session, pupil, term, form.found, by, clock.now(), the_catalogue())
        except AdditionRefused as refused:
            form.category.errors = [str(refused)]
        else:
            return _done(pupil_id, "已人工新增，台账今天开立；以后的比对不会去掉。")
    return pupil_page(pupil_id, addition_form=form), 422


@staff.post("/additions/<uuid:addition_id>/refuse")
@needs(Permission.ADD_BY_HAND)
def refuse_nomination(addition_id: UUID) -> Answer:
    return _because(addition_id, additions.refuse, "已答复。家长在自己的页面上看得到理由，和不同意时怎么办。")


@staff.post("/additions/<uuid:addition_id>/end")
@needs(Permission.ADD_BY_HAND)
def end_addition(addition_id: UUID) -> Answer:
    return _because(addition_id, additions.end, "人工新增已结束；已有的台账不变，要结束请逐条写原因。")


def _because(addition_id: UUID, decide: Decide, done: str) -> Answer:
    """A decision that says why, on the pupil's page."""
    session, form = db.session(), BecauseForm(prefix=BECAUSE)
    addition = current_user.scope.find(session, Addition, addition_id, Addition.school_id)
    if form.validate_on_submit():
        try:
            decide(session, addition, form.because.data or "", current_user.staff, clock.now())
        except AdditionRefused as refused:
            form.because.errors = [str(refused)]
        else:
            return _done(addition.pupil_id, done)
    return pupil_page(addition.pupil_id, because_form=form), 422


def with_categories(form: NominationForm) -> NominationForm:
    known = db.session.scalars(select(HardshipCategory).order_by(HardshipCategory.name))
    form.category.choices = choices({"": "请选类别"} | {one.code: one.name for one in known})
    return form


def empty_addition_form(addition: Addition | None) -> NominationForm:
    """For the county what the school proposed stands in it already."""
    if not current_user.may(Permission.ADD_BY_HAND):
        return with_categories(NominationForm(None, prefix=ADDITION))
    if addition is None:
        return with_categories(AdditionForm(None, prefix=ADDITION))
    said = {"category": addition.category, "found_by": addition.found_by.value, "words": addition.words}
    return with_categories(AdditionForm(None, data=said, prefix=ADDITION))


@staff.context_processor
def addition_forms() -> dict[str, object]:
    """Empty forms for the pupil's page, made only where it asks for them."""
    return {"empty_addition_form": empty_addition_form, "empty_because_form": lambda: BecauseForm(None, prefix=BECAUSE)}


def _first(counts: Mapping[AdditionState, int]) -> AdditionState:
    """What waits, when something does."""
    return AdditionState.PROPOSED if counts[AdditionState.PROPOSED] else AdditionState.ADDED


def _done(pupil_id: UUID, words: str) -> BaseResponse:
    db.session.commit()
    flash(words)
    return redirect(url_for("staff.pupil", pupil_id=pupil_id))
