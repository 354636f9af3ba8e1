"""比对进度 for the offices above the schools, and one click that reminds whoever is late (N3-5)."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.terms import asked_term, terms_around
from portal.coverage.board import TASKS, SchoolLine, remind
from portal.coverage.board import board as board_of
from portal.database import db
from portal.vocabulary import MatchingState


@staff.get("/board")
@needs(Permission.FOLLOW_MATCHING)
def board() -> str:
    term, today = asked_term(), clock.today()
    lines = board_of(db.session(), current_user.scope, term, today)
    asked = request.args.get("state", "")
    shown = [line for line in lines if asked in ("", line.state.value) or (asked == "late" and line.late)]
    return render_template(
        "staff/board.html",
        form=Form(),
        term=term,
        terms=terms_around(),
        today=today,
        lines=shown,
        asked=asked,
        counts={state: sum(line.state is state for line in lines) for state in MatchingState},
        total=len(lines),
        late=sum(line.late for line in lines),
        to_remind=sum(_may_be_asked(line) for line in lines),
        dues=[(task.words, task.due_in(term)) for task in TASKS],
    )


@staff.post("/board/remind")
@needs(Permission.FOLLOW_MATCHING)
def remind_schools() -> BaseResponse:
    term, session, code = asked_term(), db.session(), request.form.get("school", "")
    if Form().validate_on_submit():
        lines = board_of(session, current_user.scope, term, clock.today())
        chosen = [line for line in lines if code in ("", line.school.code)]
        asked = remind(session, chosen, term, current_user.staff, current_user.actor, clock.now())
        session.commit()
        flash(
            f"已催办 {asked} 所学校，学校打开“今天”就能看到。"
            if asked
            else "没有要催的学校：都已办完、还没到期，或今天催过了。"
        )
    return redirect(url_for("staff.board", term=term.code))


def _may_be_asked(line: SchoolLine) -> bool:
    return line.late and not line.reminded_today(clock.today())
