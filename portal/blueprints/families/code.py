"""登录码: asked for by the child's name and number, sent where the roster says; every asker reads the same words."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.access import codes
from portal.access.codes import DIGITS, WrongCode
from portal.access.slips import tidy_code
from portal.access.tries import TooManyTries
from portal.blueprints.errors import Answer, retry_after
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.visit import begin_visit
from portal.blueprints.forms import Form
from portal.blueprints.guards import asker, source
from portal.clock import local
from portal.database import db
from portal.models import Pupil
from portal.privacy.resident_id import read_number

ASKED = "code_request"
"""Where the browser's own cookie keeps which request is its own."""
WRONG = "登录码不对，或已经过了5分钟。请再看一遍短信，或者重新要一个"


class IdNumber(StringField):
    """身份证件号, repaired as a roster's would be; whether anybody has it is not looked at."""

    number = ""

    def pre_validate(self, _form: Any) -> None:
        self.number = read_number(self.data or "", day=clock.today()).value
        if not self.number:
            wrong = "号码写得不对，请照户口本或身份证再看一遍" if self.data else "请写孩子的身份证件号"
            raise ValidationError(wrong)


class Digits(StringField):
    def pre_validate(self, _form: Any) -> None:
        if len(tidy_code(self.data or "")) != DIGITS:
            raise ValidationError(f"登录码是{DIGITS}个数字")


class AskForm(Form):
    name = StringField("孩子的姓名", [InputRequired("请写孩子的姓名"), Length(max=60, message="姓名太长，请核对")])
    number = IdNumber("孩子的身份证件号")


class CodeForm(Form):
    code = Digits("短信里的登录码")


@families.route("/sign-in/code", methods=["GET", "POST"])
def ask_code() -> str | Response | Answer:
    """Nothing is looked up here: the answer is the same, and so is the work."""
    form = AskForm()
    if not form.validate_on_submit():
        return render_template("families/ask_code.html", form=form)
    try:
        session[ASKED] = str(codes.ask(db.session(), form.name.data or "", form.number.number, source(), clock.now()))
    except TooManyTries as wait:
        if ASKED not in session or not codes.keeps_waiting(db.session(), UUID(session[ASKED]), wait):
            raise
        return _still_good(wait)
    finally:
        db.session.commit()
    return redirect(url_for("families.enter_code"))


def _still_good(wait: TooManyTries) -> Answer:
    """Asked too soon again: whoever has a code, or waits for it, may still write it down."""
    words = f"刚要过登录码，{local(wait.ends_at):%H:%M}以后才能再要。前一个5分钟内还能用，请填在下面"
    page = render_template("families/enter_code.html", form=CodeForm(formdata=None), wrong=words)
    return page, 429, retry_after(wait)


@families.route("/sign-in/code/enter", methods=["GET", "POST"])
def enter_code() -> str | Response:
    form, wrong = CodeForm(), None
    if form.validate_on_submit():
        try:
            return begin_visit(_pupils_of(tidy_code(form.code.data or "")))
        except WrongCode:
            wrong = WRONG
    return render_template("families/enter_code.html", form=form, wrong=wrong)


def _pupils_of(code: str) -> list[Pupil]:
    """The tries are kept whatever comes of it."""
    asked = session.get(ASKED)
    try:
        return codes.find_pupils(db.session(), asked and UUID(asked), code, asker(), clock.now())
    except (WrongCode, TooManyTries):
        db.session.commit()
        raise
