"""登录: the code on the slip and the birth date. Whatever is wrong, the answer is the same (security.md §6.3)."""

from datetime import date
from typing import Any

from flask import redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField, ValidationError

from portal import audit, clock
from portal.access.slips import DIGITS, NotFound, find_pupil, tidy_code
from portal.access.tries import TooManyTries
from portal.blueprints.families.answers import forget_answers
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.visit import begin_visit
from portal.blueprints.forms import Form
from portal.blueprints.guards import asker, sign_out_visitor, source
from portal.database import db
from portal.intake.cells import NotADate, read_date
from portal.models import Pupil

NOT_FOUND = "没有查到，请核对或拨打学校电话"
EXAMPLE = "例如2016年3月5日，写20160305"


class SlipCode(StringField):
    """告知单号码; blanks, dashes and full-width digits are as good."""

    def pre_validate(self, _form: Any) -> None:
        digits = tidy_code(self.data or "")
        if len(digits) != DIGITS:
            has = f"，现在是{len(digits)}个" if digits else ""
            raise ValidationError(f"号码是{DIGITS}个数字{has}，请照告知单再看一遍")


class BirthDate(StringField):
    """出生日期 in any of the ways people write it; ``day`` is None until it can be read."""

    day: date | None = None

    def pre_validate(self, _form: Any) -> None:
        try:
            self.day = read_date(self.data or "")
        except NotADate:
            self.day = None
        if self.day is None:
            raise ValidationError(f"请写孩子的出生日期，{EXAMPLE}")


class SignInForm(Form):
    code = SlipCode("告知单号码")
    birth_date = BirthDate("孩子的出生日期")


@families.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> str | BaseResponse:
    if current_user.is_authenticated and current_user.pupil_id:
        return redirect(url_for("families.child"))
    form, not_found = SignInForm(), None
    if form.validate_on_submit() and form.birth_date.day:
        try:
            return begin_visit([_pupil_of(form.code.data or "", form.birth_date.day)])
        except NotFound:
            not_found = NOT_FOUND
    return render_template("families/sign_in.html", form=form, not_found=not_found)


def _pupil_of(code: str, birth_date: date) -> Pupil:
    """The tries are kept whatever comes of it."""
    try:
        return find_pupil(db.session(), code, birth_date, asker(), clock.now())
    except (NotFound, TooManyTries):
        db.session.commit()
        raise


@families.post("/sign-out")
def sign_out() -> BaseResponse:
    """The next person on this phone sees nothing of the child, nor of a check."""
    audit.record(db.session(), "family", "signed_out", pupil_id=current_user.pupil_id, source=source())
    sign_out_visitor("signed out")
    db.session.commit()
    return forget_answers(redirect(url_for("families.home")))
