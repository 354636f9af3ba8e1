"""这条短信是真的吗: the day, the school and the number it came from; nothing about who got it, nothing kept (G5)."""

from datetime import date, timedelta

from flask import current_app, render_template
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.access.tries import count_try, network_of
from portal.blueprints.families.blueprint import families
from portal.blueprints.forms import Form
from portal.blueprints.guards import source
from portal.coverage.words import short_day
from portal.database import db
from portal.models import Unit
from portal.outreach.genuine import same_number, schools_named, wordings_sent
from portal.settings import Settings

DAYS = 30
"""How far back a message can be asked about here; beyond that a person answers."""
MOST_SCHOOLS = 8
WEEKDAYS = "一二三四五六日"
NO_SCHOOL = "没有找到这所学校，请照学校大门上的牌子写"
TOO_MANY = f"这样叫的学校超过{MOST_SCHOOLS}所，请写全名"
TOO_LONG = "写得太长了，请再看一遍"


class MessageForm(Form):
    """``picked`` is asked only where several schools are called so."""

    day = SelectField("哪天收到的")
    school = StringField(
        "孩子在哪所学校", [InputRequired("请写学校的名字"), Length(max=50, message="学校的名字太长了")]
    )
    number = StringField(
        "短信是哪个号码发来的", [InputRequired("请写发短信的号码"), Length(max=30, message="号码太长了")]
    )
    picked = RadioField("是哪一所", choices=[], validate_choice=False)

    def one_school(self) -> Unit | None:
        """None, with what to do about it beside the field, until it is clear which school is meant."""
        found = schools_named(db.session(), self.school.data or "", MOST_SCHOOLS + 1)
        if len(found) > MOST_SCHOOLS or not found:
            self.school.errors = [TOO_MANY if found else NO_SCHOOL]
            return None
        self.picked.choices = [SelectChoice(unit.code, unit.name) for unit in found]
        return next((unit for unit in found if len(found) == 1 or unit.code == self.picked.data), None)


@families.route("/message", methods=["GET", "POST"])
def message() -> str:
    form = MessageForm()
    form.day.choices = _days(clock.today())
    if not _sender():
        del form.number
    if not form.validate_on_submit() or (school := _school(form)) is None:
        return render_template("families/message.html", form=form)
    day = date.fromisoformat(form.day.data)
    ours = not _sender() or same_number(form.number.data or "", _sender())
    wordings = wordings_sent(db.session(), school, day) if ours else ()
    return render_template("families/message_answer.html", wordings=wordings, school=school, day=day)


def _school(form: MessageForm) -> Unit | None:
    """Each asking counts, so that nobody reads off when schools write to families."""
    try:
        count_try(db.session(), "message check by source", network_of(source()), clock.now())
    finally:
        db.session.commit()
    return form.one_school()


def _sender() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.sms_number


def _days(today: date) -> list[SelectChoice]:
    days = [today - timedelta(days=back) for back in range(DAYS)]
    near = dict(zip(days, ("今天 ", "昨天 ", "前天 "), strict=False))
    said = [f"{near.get(day, '')}{short_day(day)} 周{WEEKDAYS[day.weekday()]}" for day in days]
    return [SelectChoice(day.isoformat(), words) for day, words in zip(days, said, strict=True)]
