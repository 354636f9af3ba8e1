"""信息不对 and 有人要证明: said in one choice, with words or without; nothing is asked in proof."""

from collections.abc import Mapping

from flask import flash, render_template
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.child import back_to_child, the_pupil, this_term
from portal.blueprints.forms import Form
from portal.coverage.progress import note_answered
from portal.database import db
from portal.enrolment import corrections
from portal.enrolment.confirmation import confirm
from portal.enrolment.corrections import ABOUTS, LONGEST

ASKED_FOR_PROOF = "asked_for_proof"
ANSWERS: Mapping[str, tuple[bool, bool]] = {"not_in_school": (False, True), "no_aid_wanted": (True, False)}
"""Of the two questions (在校? 需要资助?), for what is an answer to them."""

TOO_LONG = f"请不超过{LONGEST}个字"


class ProofForm(Form):
    words = TextAreaField("谁要的，要什么？（可以不写）", validators=[Length(max=LONGEST, message=TOO_LONG)])


class CorrectionForm(Form):
    about = RadioField(
        "哪里不对？",
        choices=[SelectChoice(about.code, about.label) for about in ABOUTS.values() if about.code != ASKED_FOR_PROOF],
        validators=[InputRequired("请选一项：哪里不对")],
    )
    words = TextAreaField("补充说明（可以不写）", validators=[Length(max=LONGEST, message=TOO_LONG)])


@families.route("/child/correct", methods=["GET", "POST"])
def correct() -> str | Response:
    form = CorrectionForm()
    if not form.validate_on_submit():
        return render_template("families/correct.html", form=form)
    return _say(form.about.data, form.words.data or "")


@families.route("/child/proof", methods=["GET", "POST"])
def proof() -> str | Response:
    """Goes to the county, and the school does not see it."""
    form = ProofForm()
    if not form.validate_on_submit():
        return render_template("families/proof.html", form=form)
    return _say(ASKED_FOR_PROOF, form.words.data or "")


def _say(about: str, words: str) -> Response:
    session, pupil, now = db.session(), the_pupil(), clock.now()
    if about in ANSWERS:
        in_school, wants_aid = ANSWERS[about]
        confirm(session, pupil, this_term(), in_school, wants_aid, "family", now)
        note_answered(session, pupil.id, this_term(), in_school, wants_aid, "family", now)
    if words.strip() or about not in ANSWERS:
        corrections.record(session, pupil, this_term(), about, words, "family", now)
    session.commit()
    flash(ABOUTS[about].answer)
    return back_to_child()
