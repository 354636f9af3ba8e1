"""今天: four figures that open their lists, then at most ten things, worst first, ledger rows closed in place (G12)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import any_staff
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.navigation import first_page, nominations
from portal.blueprints.staff.presses import PressForm, offered, told
from portal.blueprints.staff.terms import asked_term
from portal.blueprints.staff.waiting import Said, Waiting, calls, moves, second_looks
from portal.clock import SchoolTerm, local
from portal.coverage import rolls
from portal.coverage.acts import ACTS
from portal.coverage.board import DOUBTS, MATCH, ROSTER, board, late_schools
from portal.coverage.lists import LedgerFilter, ledger_lines
from portal.coverage.rolls import ROLLS
from portal.coverage.today import figures, next_due, pupils_to_settle, refused_files
from portal.database import db
from portal.enrolment import queue
from portal.enrolment.corrections import (
    ABOUTS,
    About,
    answered_by,
    has_come_to,
    settled_by,
    settled_with,
    waiting_with_pupils,
)
from portal.enrolment.standing import DESKS
from portal.models import Correction, Pupil
from portal.outreach.reach import count_unreached
from portal.privacy.masking import mask_name
from portal.vocabulary import AdditionState, UnitLevel

MOST = 10
"""Things a day holds; what is left comes up as these are done."""
SHOWN = 20
"""Rows of one thing in sight; all of them are in the ledger."""
DOES = {ROSTER: "staff.take_in_roster", MATCH: "staff.matching", DOUBTS: "staff.review"}
"""Where a school does what it was asked for."""


@dataclass(frozen=True)
class Alike:
    """Rows that may be closed together: what is said of so many, and which acts stand below them."""

    show: str
    wanted: Callable[[UnitLevel], LedgerFilter]
    what: str
    why: str
    urgent: str
    acts: tuple[str, ...]


ALIKE = (
    # the worst first; what a level may not do is not offered there
    Alike(
        "missing", lambda _: LedgerFilter(not_received=True), "{} 条没收到的钱", "查明款项去向并答复家长",
        "2 个工作日内答复，20 个工作日内补到", ("answer", "received", "raise"),
    ),
    Alike(
        "raised", lambda level: LedgerFilter(open_only=True, raised_to=level), "{} 条台账上报到本级",
        "下级过期没有办，或请上级帮助", "在等您处理", ("send_back", "raise"),
    ),
    Alike(
        "late", lambda _: LedgerFilter(overdue=True), "{} 条台账过了约定日期", "下一步还没有办，或办了没有记",
        "已经晚了", ("report", "received", "missing", "raise"),
    ),
)  # fmt: skip
READY = (
    Alike(
        "", lambda level: LedgerFilter(fits=ACTS["report"].fits(level)), "{} 条可以上报发放",
        "已核实、已告知，或已申请；上报后由资助中心发放", "", ("report",),
    ),
    Alike(
        "paid", lambda level: LedgerFilter(fits=ACTS["missing"].fits(level)), "{} 条已发放，还没问家长收到没有",
        "问过家长，记下收到了还是没收到", "", ("received", "missing"),
    ),
)  # fmt: skip
"""What is not late, and is done in one press."""


@staff.get("/")
@any_staff
def today() -> str | BaseResponse:
    """The desk's front door: who has no 今天 is led to their own first page."""
    if not current_user.may(Permission.SEE_PUPILS):
        return redirect(first_page())
    return today_page(PressForm(None))


def today_page(form: PressForm, refused: str = "") -> str:
    """``refused`` is why the last press did nothing; what was chosen and written is still there."""
    term = asked_term()
    every = [*_waiting(term), *_said(term), *_alike(term, READY)]
    return render_template(
        "staff/today.html",
        term=term,
        day=clock.today(),
        figures=figures(db.session(), current_user.scope, term, clock.today()),
        waiting=every[:MOST],
        most=MOST,
        more=len(every) - MOST,
        unreached=count_unreached(db.session(), current_user.scope, term),
        next_due=next_due(db.session(), current_user.scope, term, clock.today()),
        done=told(),
        settled=_settled(),
        form=form,
        chosen=set(request.form.getlist("row")),
        said=set(request.form.getlist("said")),
        about=request.form.get("about", ""),
        answer=request.form.get("answer", ""),
        refused=refused,
    )


def _alike(term: SchoolTerm, kinds: Iterable[Alike]) -> list[Waiting]:
    """Those of which there are any, with the first page of their rows."""
    session, scope, level = db.session(), current_user.scope, current_user.staff.unit.level
    found = []
    for kind in kinds:
        if kind in READY and level is not UnitLevel.SCHOOL:
            continue
        page = ledger_lines(session, scope, term.code, the_catalogue(), clock.today(), kind.wanted(level))
        if page.total:
            lines = page.lines[:SHOWN]
            acts = tuple(one for one in offered([line.id for line in lines]) if one.act.code in kind.acts)
            href = url_for("staff.ledger", show=kind.show or None, term=term.code)
            found.append(Waiting(kind.what.format(page.total), kind.why, "去看", href, kind.urgent, lines, acts))
    return found


def _waiting(term: SchoolTerm) -> list[Waiting]:
    session, scope = db.session(), current_user.scope
    missing, raised, late = ([kind] for kind in ALIKE)
    lines = [*_alike(term, missing), *moves(), *_alike(term, raised), *_asked_by_the_office_above(term)]
    lines += [*_alike(term, late), *calls(term)]
    if refused := refused_files(session, scope, term):
        why = "文件没有存入；按页面上写的改好后重新导入"
        lines.append(Waiting(f"{refused} 份文件被退回", why, "去看", url_for("staff.intakes")))
    on_rolls = rolls.counts(session, scope, term.code)
    for code in ("missed", "doubles"):
        if found := on_rolls[code]:
            href = url_for("staff.roll", code=code, term=term.code)
            lines.append(Waiting(f"{found} 名学生{ROLLS[code].label}", ROLLS[code].sentence, "去看", href))
    if proposed := nominations(session, scope, term):
        href = url_for("staff.additions_list", show=AdditionState.PROPOSED.value)
        lines.append(Waiting(f"{proposed} 名学生由学校提名", "比对没有识别到；受理或答复理由", "去受理", href))
    if doubts := pupils_to_settle(session, scope, term, current_user.staff.role):
        why = "号码、姓名不完全一致，或名单上是家里人；要对着两边的记录看过才算数，所以不在这里勾"
        lines.append(Waiting(f"{doubts} 名学生待核实", why, "去核实", url_for("staff.review", term=term.code)))
    back = queue.count(session, scope, queue.back_from_the_bureau(term.code))
    if back and any(map(current_user.may, DESKS)):
        href = url_for("staff.review", show="answered", term=term.code)
        lines.append(Waiting(f"{back} 条部门已答复", "请部门核实过的，看了答复再定", "去核实", href))
    return [*lines, *second_looks(term)]


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
    """What families said is wrong, by what it is about; 有人要证明 is the county's and not shown to the school."""
    session, level, day = db.session(), current_user.staff.unit.level, clock.today()
    alike: dict[str, list[Said]] = {}
    for correction, pupil, school in waiting_with_pupils(session, current_user.scope, level, term.code):
        if has_come_to(correction, level, school.parent.level if school.parent else level, day):
            alike.setdefault(correction.about, []).append(_one_said(correction, pupil, day))
    lines = [_together(ABOUTS[about], said) for about, said in alike.items()]
    return sorted(lines, key=lambda line: not line.urgent)


def _together(about: About, said: list[Said]) -> Waiting:
    """An answer in writing is one family's alone; all else is settled in one press."""
    urgent = next((one.urgent for one in said if one.urgent), "")
    first = said[0]
    may = current_user.may(Permission.ANSWER_FAMILIES)
    return Waiting(
        f"{len(said)} 家说：{about.label}",
        f"{first.masked_name}{'等' if len(said) > 1 else ''} · 最早 {first.on:%m月%d日}",
        "去看",
        url_for("staff.pupil", pupil_id=first.pupil_id),
        urgent,
        said=tuple(said[: 1 if about.needs_answer else SHOWN]) if may else (),
        about=about.code,
        answers=about.needs_answer,
    )


def _one_said(correction: Correction, pupil: Pupil, day: date) -> Said:
    urgent = ""
    if ABOUTS[correction.about].looks is not UnitLevel.SCHOOL:
        answer, settle = answered_by(correction), settled_by(correction)
        urgent = f"{answer:%m月%d日} 前答复" if day <= answer else f"答复晚了，{settle:%m月%d日} 前办结"
        urgent = urgent if day <= settle else f"{settle:%m月%d日} 应办结，晚了"
    return Said(
        correction.id, pupil.id, mask_name(pupil.name or ""), local(correction.said_at).date(),
        correction.words or "", urgent,
    )  # fmt: skip


def _settled() -> tuple[UUID, int] | None:
    """What the address says was just settled, while it can be taken back."""
    act = request.args.get("settled", type=UUID)
    said = settled_with(db.session(), current_user.scope, act) if act else []
    return (act, len(said)) if act and said else None
