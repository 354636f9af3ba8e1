"""查一查: what a child may have, without an account, in four or five taps; only the phone keeps what was chosen."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.blueprints.catalogue import open_catalogue
from portal.blueprints.families.answers import Answers, keep_answers, read_answers
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.drawn import drawn_once
from portal.blueprints.families.outcome import outcome
from portal.blueprints.families.questions import (
    STAGE,
    UNCLEAR,
    Question,
    circumstances,
    findings,
    findings_on,
    next_question,
    question_of,
    walk,
)
from portal.blueprints.forms import Form
from portal.blueprints.guards import without_token
from portal.coverage.next_stage import AFTER, in_stage
from portal.policies.circumstances import Circumstances
from portal.settings import Settings
from portal.vocabulary import Stage


@dataclass(frozen=True)
class After:
    """A stage to come, and the largest thing that the same answers bring there."""

    stage: Stage
    words: str


class AnswerForm(Form):
    """Without a token: an answer goes back into the phone it came from and is nobody's act."""

    class Meta(Form.Meta):
        csrf = False

    choice = SelectMultipleField(choices=[])

    def offer(self, question: Question) -> "AnswerForm":
        codes = [*(option.code for option in question.options), UNCLEAR]
        self.choice.choices = [SelectChoice(code) for code in codes]
        return self


@families.route("/check", methods=["GET", "POST"], defaults={"code": STAGE})
@families.route("/check/<code>", methods=["GET", "POST"])
@without_token
def check(code: str) -> str | BaseResponse:
    """A question a screen; an earlier answer may be changed, the later ones are still there."""
    catalogue, answers, today = open_catalogue(), read_answers(), clock.today()
    question = question_of(code, catalogue) or abort(404)
    earlier = walk(answers, catalogue, today).before(code)
    if code != STAGE and STAGE not in earlier:
        return redirect(url_for("families.check"))
    chosen = answers.get(code, ())
    if request.method != "POST":
        told = (catalogue, chosen, *earlier)
        return drawn_once(told, lambda: _draw(AnswerForm().offer(question), question, chosen, earlier))
    form = AnswerForm().offer(question)
    if not form.validate_on_submit() or not (form.choice.data or question.many):
        return _draw(form, question, chosen, earlier)
    answer = {code: tuple(form.choice.data or ())}
    ahead = next_question({**earlier, **answer}, catalogue, today)
    to = url_for("families.check", code=ahead.code) if ahead else url_for("families.check_result")
    return keep_answers(make_response(redirect(to)), {**answers, **answer})


@families.get("/check/result")
def check_result() -> str | BaseResponse:
    way = walk(read_answers(), open_catalogue(), clock.today())
    if way.ahead:
        return redirect(url_for("families.check", code=way.ahead.code))
    return drawn_once((open_catalogue(), *way.answers.items()), lambda: _result(way.answers))


def _draw(form: AnswerForm, question: Question, chosen: tuple[str, ...], earlier: Collection[str]) -> str:
    """``earlier`` are the questions before it; what was answered to them the page does not tell."""
    return render_template("families/question.html", form=form, question=question, chosen=chosen, earlier=list(earlier))


def _result(answers: Answers) -> str:
    known = circumstances(answers, open_catalogue())
    stage = known.stage or abort(404)
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        "families/result.html",
        outcome=outcome(findings(answers, open_catalogue(), clock.today()), open_catalogue()),
        stage=stage,
        later=[_after(known, next_one) for next_one in AFTER.get(stage, ())],
        last=list(answers)[-1],
        today=clock.today(),
        address=settings.public_url.partition("://")[2],
    )


def _after(known: Circumstances, stage: Stage) -> After:
    """Told before the family chooses (G17)."""
    found = outcome(findings_on(open_catalogue(), in_stage(known, stage), clock.today()), open_catalogue())
    return After(stage, f"{'' if found.sum_is_sure else '可能有 '}{found.sum}" if found.sum else "")
