"""单位与人员: who works where in which role; what is changed here takes effect with their next click."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Field, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from portal import clock
from portal.access import accounts
from portal.access.permissions import Permission
from portal.access.scope import NotInScope
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.paging import Paging, asked_page
from portal.database import db
from portal.models import StaffMember, Unit
from portal.vocabulary import Role


def _without_blanks_around(text: str | None) -> str | None:
    return text and text.strip()


class RoleForm(Form):
    role = SelectField("角色", choices=choices({role.value: role.label for role in Role}))


class AccountForm(Form):
    account = StringField(
        "账号",
        [
            InputRequired("请写账号"),
            Regexp(r"[a-z][a-z0-9._-]{1,38}\Z", message="账号用小写字母开头，只用小写字母、数字和 . _ -"),
        ],
    )
    name = StringField(
        "姓名",
        [DataRequired("请写姓名"), Length(max=30, message="姓名请不超过30个字")],
        filters=[_without_blanks_around],
    )
    unit = StringField("单位代码", [InputRequired("请写单位代码")])
    role = SelectField("角色", choices=choices({role.value: role.label for role in Role}))


@staff.get("/people")
@needs(Permission.KEEP_ACCOUNTS)
def people() -> str:
    statement = select(StaffMember).join(Unit, Unit.id == StaffMember.unit_id)
    statement = current_user.scope.narrow(statement, StaffMember.unit_id).order_by(Unit.path, StaffMember.account)
    paging, rows = Paging.of(db.session(), statement, asked_page())
    members = [(member, _roles_for(member)) for (member,) in rows]
    return render_template("staff/people.html", members=members, paging=paging, form=Form())


@staff.route("/people/new", methods=["GET", "POST"])
@needs(Permission.KEEP_ACCOUNTS)
def new_account() -> str | tuple[str, int]:
    """The password is random and shown once, as after a reset."""
    form, session, password = AccountForm(), db.session(), accounts.random_password()
    if not form.validate_on_submit():
        return render_template("staff/new_account.html", form=form), 422 if form.errors else 200
    try:
        unit = current_user.scope.find_unit(session, form.unit.data)
        named = form.account.data, form.name.data, Role(form.role.data)
        member = accounts.make_account(session, *named, unit, password, clock.now(), current_user.actor)
    except NotInScope:
        return _not_made(form, form.unit, "本单位和下属单位里没有这个代码，请核对")
    except accounts.AccountTaken as problem:
        return _not_made(form, form.account, str(problem))
    except accounts.AccountProblem as problem:
        return _not_made(form, form.role, str(problem))
    session.commit()
    return render_template("staff/new_password.html", member=member, password=password)


def _not_made(form: AccountForm, field: Field, problem: str) -> tuple[str, int]:
    field.errors = [problem]
    return render_template("staff/new_account.html", form=form), 422


@staff.post("/people/<uuid:staff_id>/role")
@needs(Permission.KEEP_ACCOUNTS)
def change_role(staff_id: UUID) -> BaseResponse:
    member, form = _somebody_else(staff_id), RoleForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        accounts.change_role(db.session(), member, Role(form.role.data), member.unit, current_user.actor, clock.now())
    except accounts.AccountProblem as problem:
        flash(str(problem))
    else:
        db.session.commit()
        flash(f"{member.display_name}（{member.account}）现在是{member.role.label}，已从所有设备退出。")
    return redirect(url_for("staff.people"))


@staff.post("/people/<uuid:staff_id>/close")
@needs(Permission.KEEP_ACCOUNTS)
def close_account(staff_id: UUID) -> BaseResponse:
    member = _somebody_else(staff_id)
    accounts.close_account(db.session(), member, current_user.actor, clock.now())
    db.session.commit()
    flash(f"{member.display_name}（{member.account}）的账号已停用，已从所有设备退出。")
    return redirect(url_for("staff.people"))


@staff.post("/people/<uuid:staff_id>/password")
@needs(Permission.KEEP_ACCOUNTS)
def reset_password(staff_id: UUID) -> str:
    member = _somebody_else(staff_id)
    password = accounts.reset_password(db.session(), member, current_user.actor, clock.now())
    db.session.commit()
    return render_template("staff/new_password.html", member=member, password=password)


def _somebody_else(staff_id: UUID) -> StaffMember:
    member: StaffMember = current_user.scope.find(db.session(), StaffMember, staff_id, StaffMember.unit_id)
    if member.id == current_user.staff.id:
        abort(403)
    return member


def _roles_for(member: StaffMember) -> list[Role]:
    return [role for role, levels in accounts.LEVELS.items() if member.unit.level in levels]
