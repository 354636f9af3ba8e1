"""部门核实: a bureau answers what was asked of its own register; it sees no pupil's page, school, aid or message."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal import audit, clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import count, staff
from portal.blueprints.staff.fields import choices
from portal.database import db
from portal.enrolment.bureau_questions import NotAnswered, answer, asked_of, find_question
from portal.models import BureauQuestion
from portal.privacy.masking import mask_name, mask_number
from portal.vocabulary import Basis, BureauAnswer

ASKS = {
    Basis.SELF: "名单上的这一条，是不是学籍上的这名学生？",
    Basis.GUARDIAN: "名单上的这一条，是不是这名学生的监护人，孩子在不在这一户？",
    Basis.HOUSEHOLD: "这名学生是不是名单上这一户的孩子？",
}


class BureauAnswerForm(Form):
    answer = RadioField(
        "答复", [InputRequired("请选一个答复")], choices=choices({one.value: one.label for one in BureauAnswer})
    )
    note = TextAreaField("说明", [Length(max=200, message="说明最多200个字")])


@staff.get("/questions")
@needs(Permission.ANSWER_BUREAU)
def bureau_questions() -> str:
    questions = asked_of(db.session(), current_user.scope.unit_id)
    return render_template(
        "staff/bureau_questions.html",
        waiting=[one for one in questions if not one.answer],
        answered=[one for one in questions if one.answer],
        asks=ASKS,
        mask=mask_name,
    )


@staff.get("/questions/<uuid:question_id>")
@needs(Permission.ANSWER_BUREAU)
def bureau_question(question_id: UUID) -> str:
    return _page(_find(question_id), BureauAnswerForm())


@staff.post("/questions/<uuid:question_id>/reveal")
@needs(Permission.ANSWER_BUREAU)
def reveal_bureau_question(question_id: UUID) -> str:
    session, question = db.session(), _find(question_id)
    count("reveal", question.pupil_id)
    audit.record(
        session, current_user.actor, "revealed",
        unit_id=question.unit_id, pupil_id=question.pupil_id, source=source(), what="question", purpose="bureau",
    )  # fmt: skip
    return _page(question, BureauAnswerForm(), in_full=True)


@staff.post("/questions/<uuid:question_id>")
@needs(Permission.ANSWER_BUREAU)
def answer_bureau_question(question_id: UUID) -> BaseResponse | tuple[str, int]:
    question, form = _find(question_id), BureauAnswerForm()
    if not form.validate_on_submit():
        return _page(question, form), 422
    said = BureauAnswer(form.answer.data)
    try:
        answer(db.session(), question, said, (form.note.data or "").strip(), current_user.staff, clock.now())
    except NotAnswered as problem:
        flash(str(problem))
    else:
        db.session.commit()
        flash(f"已答复“{said.label}”，已回到{question.asked_by_unit}。")
    return redirect(url_for("staff.bureau_questions"))


def _find(question_id: UUID) -> BureauQuestion:
    return find_question(db.session(), current_user.scope, question_id)


def _page(question: BureauQuestion, form: BureauAnswerForm, in_full: bool = False) -> str:
    session = db.session()
    audit.record(
        session, current_user.actor, "read",
        unit_id=question.unit_id, pupil_id=question.pupil_id, source=source(), page="bureau question",
    )  # fmt: skip
    page = render_template(
        "staff/bureau_question.html",
        question=question,
        asks=ASKS[question.basis],
        form=form,
        in_full=in_full,
        name=str if in_full else mask_name,
        number=str if in_full else mask_number,
    )
    session.commit()
    return page
