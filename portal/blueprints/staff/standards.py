"""地方标准: one officer proposes what holds at the place, another approves with the difference before their eyes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.applying import GroundForm
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.database import db
from portal.enrolment import local_standards
from portal.enrolment.local_standards import LONGEST, Compared, StandardRefused, division_of
from portal.models import PolicyOverlay, StaffMember
from portal.policies.amounts import words_of
from portal.policies.local_standard import Proposal, Rung, Said, amounts_of, rungs
from portal.policies.policy import Policy, version_on
from portal.vocabulary import ClaimMode, OverlayState

MOST_YUAN = 100_000
Answer = str | BaseResponse | tuple[str, int]
Decide = Callable[[Session, PolicyOverlay, str, StaffMember, datetime], None]

staff.add_app_template_filter(words_of, "amount_words")


class StandardForm(GroundForm):
    """A pair of fields for each rung is added by ``form_for``."""

    claim_mode = SelectField(
        "办理方式", choices=choices({"": "不变，按省里的"} | {one.value: one.label for one in ClaimMode})
    )

    def yuan(self, number: int) -> IntegerField:
        return self[f"yuan_{number}"]

    def lower_because(self, number: int) -> StringField:
        return self[f"lower_because_{number}"]

    def proposal(self, policy: Policy, steps: tuple[Rung, ...]) -> Proposal:
        said = [
            Said(self.yuan(number).data, self.lower_because(number).data or "") if rung.in_yuan else Said()
            for number, rung in enumerate(steps)
        ]
        mode = ClaimMode(self.claim_mode.data) if self.claim_mode.data else None
        source, clause = self.source.data.strip(), self.clause.data.strip()
        return Proposal(
            policy.code, self.starts.data, source, clause, self.checked_on.data, amounts_of(steps, said), mode,
            (self.note.data or "").strip(), self.applying(),
        )  # fmt: skip


class DecisionForm(Form):
    because = TextAreaField("意见", [Length(max=LONGEST, message=f"请不超过{LONGEST}个字")])


@staff.get("/standards")
@needs(Permission.PROPOSE_STANDARD, Permission.APPROVE_STANDARD)
def standards() -> str:
    session, scope = db.session(), current_user.scope
    counts = local_standards.count_standards(session, scope)
    asked = request.args.get("show", "")
    shown = OverlayState(asked) if asked in list(OverlayState) else _first(counts)
    paging = Paging.within(asked_page(), counts[shown])
    lines = local_standards.standards(session, scope, shown, paging.offset, PAGE)
    return render_template("staff/standards.html", lines=lines, counts=counts, shown=shown, paging=paging)


@staff.route("/standards/new", methods=["GET", "POST"])
@needs(Permission.PROPOSE_STANDARD)
def new_standard() -> Answer:
    """First which policy, then its rungs with the province's amounts beside the fields."""
    offered = [
        policy
        for policy in the_catalogue().policies
        if not policy.division and version_on(policy.versions, clock.today())
    ]
    policy = next((one for one in offered if one.code == request.args.get("policy")), None)
    if policy is None:
        return render_template("staff/standard_policy.html", policies=offered)
    try:
        steps = rungs(the_catalogue(), policy.code, division_of(current_user.staff.unit), clock.today())
    except StandardRefused as refused:
        return render_template("staff/standard_policy.html", policies=offered, wrong=str(refused)), 422
    form = form_for(steps)
    return _proposed(form, policy, steps) or _form_page(form, policy, steps)


@staff.get("/standards/<uuid:overlay_id>")
@needs(Permission.PROPOSE_STANDARD, Permission.APPROVE_STANDARD)
def standard(overlay_id: UUID) -> str:
    return _standard_page(_found(overlay_id), DecisionForm(None))


@staff.post("/standards/<uuid:overlay_id>/approve")
@needs(Permission.APPROVE_STANDARD)
def approve_standard(overlay_id: UUID) -> Answer:
    said = "已批准。从写明的那一天起按它算；已经开立的台账不变，以后新开的按它。"
    return _decided(overlay_id, local_standards.approve, said)


@staff.post("/standards/<uuid:overlay_id>/refuse")
@needs(Permission.APPROVE_STANDARD)
def refuse_standard(overlay_id: UUID) -> Answer:
    said = "已退回，没有改动任何标准。提出的人看得到意见，可以改好再提。"
    return _decided(overlay_id, local_standards.refuse, said)


@staff.post("/standards/<uuid:overlay_id>/check-again")
@needs(Permission.PROPOSE_STANDARD)
def check_standard_again(overlay_id: UUID) -> Answer:
    overlay = _found(overlay_id)
    try:
        made = local_standards.check_again(db.session(), overlay, current_user.staff, clock.now())
    except StandardRefused as refused:
        return _standard_page(overlay, DecisionForm(None), str(refused)), 422
    return _done(made, "已提出：内容不变，核对日期改为今天。等本单位或上级的另一个人批准。")


def _decided(overlay_id: UUID, decide: Decide, said: str) -> Answer:
    overlay, form = _found(overlay_id), DecisionForm()
    if form.validate_on_submit():
        try:
            decide(db.session(), overlay, form.because.data or "", current_user.staff, clock.now())
        except StandardRefused as refused:
            form.because.errors = [str(refused)]
        else:
            return _done(overlay, said)
    return _standard_page(overlay, form), 422


def form_for(steps: tuple[Rung, ...]) -> StandardForm:
    """For each rung in yuan what holds here, and on what ground where that is less."""
    right = [Optional(), NumberRange(1, MOST_YUAN, f"请写1到{MOST_YUAN}之间的整数元")]
    fields: dict[str, Any] = {}
    for number, rung in enumerate(steps):
        if rung.in_yuan:
            fields[f"yuan_{number}"] = IntegerField(f"{rung.who}：本地标准（{rung.per.label}，元）", right)
            fields[f"lower_because_{number}"] = StringField(
                f"{rung.who}：低于省里时的依据", [Length(max=100, message="请不超过100个字")]
            )
    made: StandardForm = type("StandardFormOfRungs", (StandardForm,), fields)()
    return made


def _proposed(form: StandardForm, policy: Policy, steps: tuple[Rung, ...]) -> BaseResponse | None:
    if not form.validate_on_submit():
        return None
    by = current_user.staff
    try:
        made = local_standards.propose(db.session(), by.unit, form.proposal(policy, steps), by, clock.now())
    except StandardRefused as refused:
        form.form_errors.append(str(refused))
        return None
    return _done(made, "已提出，等本单位或上级的另一个人批准；批准以前什么都不变。")


def _form_page(form: StandardForm, policy: Policy, steps: tuple[Rung, ...]) -> Answer:
    page = render_template("staff/standard_new.html", form=form, policy=policy, rungs=list(enumerate(steps)))
    return (page, 422) if form.errors else page


def _standard_page(overlay: PolicyOverlay, form: DecisionForm, fault: str = "") -> str:
    shown = Compared((), ())
    try:
        shown = local_standards.compare(db.session(), overlay.unit, local_standards.proposal_of(overlay))
    except StandardRefused as refused:
        fault = str(refused)
    known = {policy.code: policy for policy in the_catalogue().policies}
    own = overlay.proposed_by == current_user.actor
    return render_template(
        "staff/standard.html",
        overlay=overlay, policy=known.get(overlay.policy), shown=shown, fault=fault, form=form, own=own,
        follower=local_standards.followed_by(db.session(), overlay, clock.today()),
    )  # fmt: skip


def _found(overlay_id: UUID) -> PolicyOverlay:
    found: PolicyOverlay = current_user.scope.find(db.session(), PolicyOverlay, overlay_id, PolicyOverlay.unit_id)
    return found


def _first(counts: Mapping[OverlayState, int]) -> OverlayState:
    """What waits, when something does."""
    return OverlayState.PROPOSED if counts[OverlayState.PROPOSED] else OverlayState.APPROVED


def _done(overlay: PolicyOverlay, words: str) -> BaseResponse:
    db.session.commit()
    flash(words)
    return redirect(url_for("staff.standard", overlay_id=overlay.id))
