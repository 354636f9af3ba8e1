"""信息不对 and 有人要证明: said in one choice, with words or without; nothing is asked in proof."""

from flask import flash, render_template
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.access.households import is_grown_up
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.visit import back_to, the_child, this_term
from portal.blueprints.forms import Form
from portal.coverage.progress import note_answered, note_denied
from portal.coverage.words import NOTICE_CLAUSE, above_words, to_reader
from portal.database import db
from portal.enrolment import corrections, waivers
from portal.enrolment.confirmation import confirm, withdraw
from portal.enrolment.corrections import ABOUTS, LONGEST, NOT_ON_LIST
from portal.models import Pupil

ASKED_FOR_PROOF, LEFT, NOT_NEEDED = "asked_for_proof", "not_in_school", "no_aid_wanted"
WAIVED = "办好了，本学期不再办理。改主意了，什么时候都可以恢复。"
NEVER_AGREED = "never_agreed"
OFFERED = (LEFT, NOT_NEEDED, "wrong_details", NOT_ON_LIST, NEVER_AGREED, "other")

TOO_LONG = f"请不超过{LONGEST}个字"


class ProofForm(Form):
    words = TextAreaField("谁要的，要什么？（可以不写）", validators=[Length(max=LONGEST, message=TOO_LONG)])


class CorrectionForm(Form):
    about = RadioField(
        "哪里不对？",
        choices=[SelectChoice(code, ABOUTS[code].label) for code in OFFERED],
        validators=[InputRequired("请选一项：哪里不对")],
    )
    words = TextAreaField("补充说明（可以不写）", validators=[Length(max=LONGEST, message=TOO_LONG)])


@families.route("/child/<int:place>/correct", methods=["GET", "POST"])
def correct(place: int) -> str | Response:
    form, pupil = CorrectionForm(), the_child(place)
    if not form.validate_on_submit():
        said = {"name": pupil.name, "above": above_words(pupil.school), "grown_up": is_grown_up(pupil, clock.today())}
        return render_template("families/correct.html", form=form, place=place, **said)
    about, words = form.about.data, form.words.data or ""
    if about in (LEFT, NOT_NEEDED):
        answer_no(pupil, in_school=about == NOT_NEEDED)
    if about == NEVER_AGREED:
        withdraw(db.session(), pupil, this_term(), "family", clock.now())
        note_denied(db.session(), pupil.id, this_term(), "family", clock.now())
    if words.strip() or about not in (LEFT, NOT_NEEDED):
        corrections.record(db.session(), pupil, this_term(), about, words, "family", clock.now())
    return _said(pupil, about)


@families.route("/child/<int:place>/proof", methods=["GET", "POST"])
def proof(place: int) -> str | Response:
    """Goes to the county, and the school does not see it."""
    form, pupil = ProofForm(), the_child(place)
    if not form.validate_on_submit():
        above, grown_up = above_words(pupil.school), is_grown_up(pupil, clock.today())
        said = {"clause": NOTICE_CLAUSE, "above": above, "grown_up": grown_up}
        return render_template("families/proof.html", form=form, place=place, **said)
    corrections.record(db.session(), pupil, this_term(), ASKED_FOR_PROOF, form.words.data or "", "family", clock.now())
    return _said(pupil, ASKED_FOR_PROOF)


@families.route("/child/<int:place>/not-needed", methods=["GET", "POST"])
def waive(place: int) -> str | Response:
    """不需要资助: said once it waits seven days, said again it counts; until then and after it can be taken back."""
    form, pupil = Form(), the_child(place)
    if not form.validate_on_submit():
        shown = {"place": place, "name": pupil.name, "apart": waivers.APART.days}
        return render_template("families/not_needed.html", form=form, **shown)
    answer_no(pupil, in_school=True)
    final = waivers.is_final(waivers.standing_waiver(db.session(), pupil.id, this_term()))
    return _said(pupil, NOT_NEEDED, WAIVED if final else "")


def answer_no(pupil: Pupil, in_school: bool) -> None:
    """A no to either of the two questions; which one is the other's yes."""
    session, now = db.session(), clock.now()
    confirm(session, pupil, this_term(), in_school, not in_school, "family", now)
    note_answered(session, pupil.id, this_term(), in_school, not in_school, "family", now)


def _said(pupil: Pupil, about: str, words: str = "") -> Response:
    db.session.commit()
    flash(words or to_reader(ABOUTS[about].answer, is_grown_up(pupil, clock.today())))
    return back_to(pupil.id)
