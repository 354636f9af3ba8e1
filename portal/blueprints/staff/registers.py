"""报送困难群体名单 in three steps: say what and why, see what was read, confirm. Nobody sees an entry (N3-3)."""

import re
from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Regexp

from portal import clock
from portal.access.permissions import Permission
from portal.access.scope import NotInScope
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices, most_megabytes
from portal.blueprints.staff.intakes import SHOWN, UNDER_WAY
from portal.blueprints.staff.reading import look_over_soon, read_soon, sessions
from portal.blueprints.staff.terms import terms_around
from portal.clock import local
from portal.coverage.lapses import NotWithdrawn, Resting, earlier_of, resting_on, withdraw
from portal.coverage.small_groups import LEAST
from portal.database import db
from portal.enrolment.matching_runs import MatchingBusy
from portal.intake.delivery import NotDelivered, confirm, drop
from portal.intake.findings import findings_of
from portal.intake.receive import HELD, NotReceived, receive
from portal.models import HardshipCategory, Intake, StaffMember
from portal.privacy.masking import mask_number, redact
from portal.vocabulary import IntakeKind, IntakeState, RegisterPurpose, UnitLevel

Answer = str | BaseResponse | tuple[str, int]
WHOLE_FILE = "文件里有“困难类别”一列"
SHORTEST = timedelta(days=60)
"""A list that would hold for less than that by default holds until the end of the next term."""


class DeliveryForm(Form):
    category = SelectField("困难类别")
    occasion = StringField(
        "批次", [Regexp(re.compile(r"^\d{4}-(0[1-9]|1[0-2])$"), message="请写名单的年月，如 2026-08")]
    )
    purpose = SelectField("用途", choices=choices({purpose.value: purpose.label for purpose in RegisterPurpose}))
    expires_on = DateField("到期日", [InputRequired("请写到期日")])
    file = FileField("文件", [FileRequired("请选一个文件")])

    def validate_expires_on(self, field: DateField) -> None:
        if field.data and not clock.today() < field.data <= clock.today() + HELD:
            raise ValidationError("到期日要在明天以后、一年以内")


@staff.route("/intake/register", methods=["GET", "POST"])
@needs(Permission.IMPORT_REGISTER)
def take_in_register() -> Answer:
    form = _with_categories(DeliveryForm(occasion=f"{clock.today():%Y-%m}", expires_on=_end_of_use()))
    if form.validate_on_submit():
        try:
            register = _received(form)
        except NotReceived as problem:
            form.file.errors = [str(problem)]
        else:
            return redirect(url_for("staff.register", register_id=register.id))
    return render_template("staff/deliver.html", form=form, most=most_megabytes()), 422 if form.errors else 200


@staff.get("/register/<uuid:register_id>")
@needs(Permission.IMPORT_REGISTER)
def register(register_id: UUID) -> str:
    found = _find(register_id)
    findings = findings_of(found)
    return render_template(
        "staff/register.html",
        register=found,
        form=Form(),
        own=_is_own(found),
        under_way=found.state in UNDER_WAY,
        category=_category_name(found.category),
        earlier=earlier_of(db.session(), found) if found.state is IntakeState.CHECKED else [],
        by=db.session.get(StaffMember, found.by_staff_id) if found.by_staff_id else None,
        refused_rows=len({problem.row for problem in findings.problems if not problem.row_kept}),
        findings=findings,
        most=SHOWN,
        masked=mask_number,
        redact=redact,
    )


@staff.post("/register/<uuid:register_id>/confirm")
@needs(Permission.IMPORT_REGISTER)
def confirm_register(register_id: UUID) -> BaseResponse:
    found = _find(register_id)
    try:
        confirm(db.session(), _require_own(found), clock.now())
    except NotDelivered as problem:
        flash(str(problem))
    else:
        db.session.commit()
        read_soon(found.id)
    return redirect(url_for("staff.register", register_id=register_id))


@staff.post("/register/<uuid:register_id>/drop")
@needs(Permission.IMPORT_REGISTER)
def drop_register(register_id: UUID) -> BaseResponse:
    try:
        drop(db.session(), _require_own(_find(register_id)), current_user.actor)
    except NotDelivered as problem:
        flash(str(problem))
        return redirect(url_for("staff.register", register_id=register_id))
    db.session.commit()
    flash("没有报送，文件没有留下。")
    return redirect(url_for("staff.take_in_register"))


@staff.route("/register/<uuid:register_id>/withdraw", methods=["GET", "POST"])
@needs(Permission.IMPORT_REGISTER)
def withdraw_register(register_id: UUID) -> Answer:
    found, form, wrong = _find(register_id), Form(), ""
    if form.validate_on_submit():
        try:
            resting = _withdraw(_require_own(found).id)
        except (NotWithdrawn, NotDelivered, MatchingBusy) as problem:
            wrong = str(problem)
        else:
            flash(f"已撤回。{_few(resting.certain + resting.doubtful)} 名学生的比对结果不再算数，台账里都记下了。")
            return redirect(url_for("staff.register", register_id=register_id))
    page = render_template(
        "staff/withdraw.html", register=found, form=form, own=_is_own(found), wrong=wrong,
        category=_category_name(found.category), resting=_resting_on(found.id), few=_few,
    )  # fmt: skip
    return page, 422 if wrong else 200


def _find(register_id: UUID) -> Intake:
    found: Intake = current_user.scope.find(db.session(), Intake, register_id, Intake.unit_id)
    if found.kind is not IntakeKind.REGISTER:
        raise NotInScope
    return found


def _is_own(register: Intake) -> bool:
    return bool(register.unit_id == current_user.staff.unit_id)


def _require_own(register: Intake) -> Intake:
    if not _is_own(register):
        raise NotDelivered(f"这份名单由{register.unit.name}报送，只有报送的单位能确认、放弃或撤回")
    return register


def _received(form: DeliveryForm) -> Intake:
    now, data = clock.now(), form.file.data.read()
    intake = receive(
        db.session(), IntakeKind.REGISTER, current_user.staff.unit, form.occasion.data, form.file.data.filename or "",
        data, form.category.data, current_user.actor, now,
        RegisterPurpose(form.purpose.data), form.expires_on.data, in_hand=True, replaces=True,
    )  # fmt: skip
    came_before = intake.state is not IntakeState.READING or intake.arrived_at != now
    db.session.commit()
    if came_before:
        flash(f"同一份文件 {local(intake.arrived_at):%Y-%m-%d %H:%M} 已经报送过，没有再报一次。下面是那一次的回执。")
    else:
        look_over_soon(intake.id, data)
    return intake


def _with_categories(form: DeliveryForm) -> DeliveryForm:
    categories = db.session.scalars(select(HardshipCategory).order_by(HardshipCategory.name))
    form.category.choices = choices({"": WHOLE_FILE} | {one.code: f"全是：{one.name}" for one in categories})
    return form


def _category_name(code: str) -> str:
    category = db.session.get(HardshipCategory, code) if code else None
    return category.name if category else "按文件里的“困难类别”一列"


def _end_of_use() -> date:
    """The end of the running term, or of the next where this one nearly ends."""
    ends = sorted(term.last_day for term in terms_around())
    return next(day for day in ends if day - clock.today() >= SHORTEST)


def _resting_on(register_id: UUID) -> Resting:
    """Counted on the portal's behalf: the bureau itself reaches no pupil."""
    with sessions().begin() as session:
        return resting_on(session, session.get_one(Intake, register_id))


def _withdraw(register_id: UUID) -> Resting:
    with sessions().begin() as session:
        return withdraw(session, session.get_one(Intake, register_id), current_user.actor, clock.now())


def _few(count: int) -> str:
    """A number of pupils as this reader may see it."""
    if 0 < count < LEAST and current_user.staff.unit.level is UnitLevel.BUREAU:
        return f"不足{LEAST}"
    return f"{count:,}"
