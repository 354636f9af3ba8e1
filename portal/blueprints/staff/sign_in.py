"""登录、退出、修改密码. Whatever is wrong with an account or a password, the answer is the same."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from portal import audit, clock
from portal.access import sign_ins
from portal.access.accounts import SHORTEST, AccountProblem, WrongCredentials, check_password
from portal.access.accounts import change_password as change
from portal.access.tries import TooManyTries
from portal.blueprints.forms import Form
from portal.blueprints.guards import any_staff, sign_in_visitor, sign_out_visitor, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.navigation import first_page
from portal.database import db

WRONG = "账号或密码不对，请再输一次。忘了密码，请找上级账号管理员重设。"


class SignInForm(Form):
    account = StringField("账号", [InputRequired("请输入账号")])
    password = PasswordField("密码", [InputRequired("请输入密码")])


class PasswordForm(Form):
    old = PasswordField("原密码", [InputRequired("请输入原密码")])
    new = PasswordField(
        "新密码", [InputRequired("请输入新密码"), Length(SHORTEST, 200, f"新密码至少 {SHORTEST} 个字符")]
    )
    again = PasswordField("再输一次新密码", [EqualTo("new", "两次输入的新密码不一样，请重新输入")])


@staff.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> str | BaseResponse:
    if current_user.is_authenticated and current_user.staff:
        return redirect(first_page())
    form, wrong = SignInForm(), None
    if form.validate_on_submit():
        try:
            token = _begin(form.account.data or "", form.password.data or "")
        except WrongCredentials:
            wrong = WRONG
        else:
            sign_in_visitor(token)
            return redirect(first_page())
    return render_template("staff/sign_in.html", form=form, wrong=wrong)


def _begin(account: str, password: str) -> str:
    """The tries are kept whatever comes of it."""
    session, now = db.session(), clock.now()
    try:
        member = check_password(session, account.strip(), password, source(), now)
    except (WrongCredentials, TooManyTries):
        session.commit()
        raise
    token = sign_ins.begin_for_staff(session, member, now)
    session.commit()
    return token


@staff.post("/sign-out")
@any_staff
def sign_out() -> BaseResponse:
    audit.record(db.session(), current_user.actor, "signed_out", unit_id=current_user.staff.unit_id, source=source())
    sign_out_visitor("signed out")
    db.session.commit()
    return redirect(url_for("staff.sign_in"))


@staff.route("/password", methods=["GET", "POST"])
@any_staff
def change_password() -> str | BaseResponse:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            change(db.session(), current_user.staff, form.old.data or "", form.new.data or "", clock.now())
        except AccountProblem as problem:
            db.session.commit()  # so that tries add up
            form.old.errors = [*form.old.errors, str(problem)]
        else:
            sign_out_visitor("password changed")
            db.session.commit()
            flash("密码已修改，请用新密码登录。")
            return redirect(url_for("staff.sign_in"))
    return render_template("staff/password.html", form=form)
