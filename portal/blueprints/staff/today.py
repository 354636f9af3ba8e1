"""今天: four figures that open their lists, then what waits."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask_login import current_user

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.navigation import nominations
from portal.blueprints.staff.terms import asked_term
from portal.clock import SchoolTerm, local
from portal.coverage import rolls
from portal.coverage.board import DOUBTS, MATCH, ROSTER, board, late_schools
from portal.coverage.rolls import ROLLS
from portal.coverage.today import figures, missing_money, next_due, overdue_rows, pupils_to_settle, refused_files
from portal.database import db
from portal.enrolment.corrections import ABOUTS, waiting
from portal.models import Correction, Pupil
from portal.privacy.masking import mask_name
from portal.vocabulary import AdditionState

MOST_SAID = 10
DOES = {ROSTER: "staff.take_in_roster", MATCH: "staff.matching", DOUBTS: "staff.review"}
"""Where a school does what it was asked for."""


@dataclass(frozen=True)
class Waiting:
    """One line of what waits; ``urgent`` are words set off in amber."""

    what: str
    why: str
    action: str
    href: str
    urgent: str = ""


@staff.get("/")
@needs(Permission.SEE_PUPILS)
def today() -> str:
    term = asked_term()
    return render_template(
        "staff/today.html",
        term=term,
        day=clock.today(),
        figures=figures(db.session(), current_user.scope, term),
        waiting=[*_waiting(term), *_said(term)],
        next_due=next_due(db.session(), current_user.scope, term),
    )


def _waiting(term: SchoolTerm) -> list[Waiting]:
    session, scope = db.session(), current_user.scope
    lines = [*_asked_by_the_office_above(term)]
    if missing := missing_money(session, scope, term):
        href = url_for("staff.ledger", show="missing", term=term.code)
        lines.append(Waiting(f"{missing} 户说没收到钱", "查明款项去向", "去看", href, "2 个工作日内答复家长"))
    if late := overdue_rows(session, scope, term):
        href = url_for("staff.ledger", show="late", term=term.code)
        lines.append(Waiting(f"{late} 条台账过了约定日期", "下一步还没有办，或办了没有记", "去看", href, "已经晚了"))
    if refused := refused_files(session, scope, term):
        why = "文件没有存入；按页面上写的改好后重新导入"
        lines.append(Waiting(f"{refused} 份文件被退回", why, "去看", url_for("staff.intakes")))
    for code in ("missed", "doubles"):
        if found := rolls.count(session, scope, ROLLS[code], term.code):
            href = url_for("staff.roll", code=code, term=term.code)
            lines.append(Waiting(f"{found} 名学生{ROLLS[code].label}", ROLLS[code].sentence, "去看", href))
    if proposed := nominations(session, scope, term):
        href = url_for("staff.additions_list", show=AdditionState.PROPOSED.value)
        lines.append(Waiting(f"{proposed} 名学生由学校提名", "比对没有识别到；受理或答复理由", "去受理", href))
    if doubts := pupils_to_settle(session, scope, term, current_user.staff.role):
        why = "号码、姓名不完全一致，或名单上是家里人；要人看过才算数"
        lines.append(Waiting(f"{doubts} 名学生待核实", why, "去核实", url_for("staff.review", term=term.code)))
    return lines


def _asked_by_the_office_above(term: SchoolTerm) -> list[Waiting]:
    """催办: at a school what it was asked to do, at an office the schools that are late."""
    session, scope, day = db.session(), current_user.scope, clock.today()
    if current_user.may(Permission.FOLLOW_MATCHING):
        late = late_schools(session, scope, term, day)
        href = url_for("staff.board", state="late", term=term.code)
        why = "名册没有导入、没有比对，或疑似匹配没有核实"
        return [Waiting(f"{late} 所学校的比对过了日期", why, "去催办", href, "已经晚了")] if late else []
    return [
        Waiting(
            f"{line.reminded.by_unit}催办：{line.task.words}",
            f"{term.label}的信息比对 · {local(line.reminded.at):%m月%d日} 催办",
            "去办",
            url_for(DOES[line.task]),
            f"应在 {line.due:%m月%d日} 前办完",
        )
        for line in board(session, scope, term, day)
        if line.reminded and line.task and current_user.may(Permission.RUN_MATCHING)
    ]


def _said(term: SchoolTerm) -> list[Waiting]:
    """What families said is wrong; 有人要证明 is the county's to look into and not shown to the school."""
    said = waiting(db.session(), current_user.scope, current_user.staff.unit.level, term.code)
    return [_as_waiting(correction) for correction in said[:MOST_SAID]]


def _as_waiting(correction: Correction) -> Waiting:
    name = mask_name(db.session.get_one(Pupil, correction.pupil_id).name or "")
    return Waiting(
        f"家长说：{ABOUTS[correction.about].label}",
        f"{name} · {local(correction.said_at):%m月%d日}",
        "去核实",
        url_for("staff.pupil", pupil_id=correction.pupil_id),
    )
