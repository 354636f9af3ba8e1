"""A file comes in: a roster or awards, by those whose file it is; registers are delivered, see ``registers.py``."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, SelectField, StringField, ValidationError
from wtforms.validators import Optional

from portal import clock
from portal.access.permissions import Permission
from portal.access.scope import NotInScope
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices, most_megabytes
from portal.blueprints.staff.reading import read_soon
from portal.blueprints.staff.terms import current_term, terms_around
from portal.clock import local
from portal.coverage.comparisons import SYSTEMS
from portal.database import db
from portal.intake.receive import NotReceived, receive
from portal.models import Intake, Unit
from portal.vocabulary import IntakeKind, IntakeState, UnitLevel

Answer = str | BaseResponse | tuple[str, int]


class RosterForm(Form):
    """学籍名册; a county names a school only where the file itself does not."""

    kind = IntakeKind.ROSTER
    file = FileField("文件", [FileRequired("请选一个文件")])
    occasion = SelectField("学期")
    school_code = StringField("学校标识码")


class AwardsForm(Form):
    """受助名单, from the national system."""

    kind = IntakeKind.AWARDS
    file = FileField("文件", [FileRequired("请选一个文件")])
    occasion = SelectField("学期")
    as_of = DateField("数据截至哪一天", [Optional()])

    def validate_as_of(self, field: DateField) -> None:
        """The file speaks of a day that is over, or of today."""
        if field.data > clock.today():
            raise ValidationError("数据截至的日期不能晚于今天，请改一下")


class SystemListForm(Form):
    """What 全国系统 or 就学信息库 exported, to be compared and nothing else."""

    system = SelectField("从哪个系统导出的", choices=choices({kind.value: name for kind, name in SYSTEMS.items()}))
    file = FileField("文件", [FileRequired("请选一个文件")])
    occasion = SelectField("学期")

    @property
    def kind(self) -> IntakeKind:
        return IntakeKind(self.system.data) if self.system.data in SYSTEMS else IntakeKind.NATIONAL_LIST


@staff.route("/intake/roster", methods=["GET", "POST"])
@needs(Permission.IMPORT_ROSTER)
def take_in_roster() -> Answer:
    form = _with_terms(RosterForm())
    if current_user.staff.unit.level is UnitLevel.SCHOOL:
        del form.school_code
    return _take_in(form, _unit_named)


@staff.route("/intake/awards", methods=["GET", "POST"])
@needs(Permission.IMPORT_AWARDS)
def take_in_awards() -> Answer:
    return _take_in(_with_terms(AwardsForm()), _own_unit)


@staff.route("/intake/system-list", methods=["GET", "POST"])
@needs(Permission.COMPARE_SYSTEMS)
def take_in_system_list() -> Answer:
    return _take_in(_with_terms(SystemListForm()), _own_unit)


def _take_in(form: Form, unit_of: Callable[[Form], Unit]) -> Answer:
    if form.validate_on_submit():
        try:
            intake = _received(form, unit_of(form))
        except NotInScope:
            form.school_code.errors = ["本单位下面没有这个学校标识码，请核对"]
        except NotReceived as problem:
            form.file.errors = [str(problem)]
        else:
            return redirect(url_for("staff.intake", intake_id=intake.id))
    return render_template(
        "staff/take_in.html", form=form, kind=form.kind, most=most_megabytes()
    ), 422 if form.errors else 200


def _received(form: Form, unit: Unit) -> Intake:
    now, file = clock.now(), form.file.data
    by, data, name = current_user.actor, file.read(), file.filename or ""
    intake = receive(db.session(), form.kind, unit, form.occasion.data, name, data, "", by, now)
    came_before = intake.state is not IntakeState.WAITING or intake.arrived_at != now
    if "as_of" in form and not came_before:
        intake.as_of = form.as_of.data
    db.session.commit()
    if came_before:
        flash(f"同一份文件 {local(intake.arrived_at):%Y-%m-%d %H:%M} 已经收过，没有再导入一次。下面是那一次的结果。")
    else:
        read_soon(intake.id)
    return intake


def _with_terms(form: Form) -> Form:
    form.occasion.choices = choices({term.code: term.label for term in terms_around()})
    if form.occasion.data is None:
        form.occasion.data = current_term().code
    return form


def _own_unit(_: Form) -> Unit:
    unit: Unit = current_user.staff.unit
    return unit


def _unit_named(form: Form) -> Unit:
    code = (form.school_code.data or "").strip() if "school_code" in form else ""
    return current_user.scope.find_unit(db.session(), code) if code else _own_unit(form)
