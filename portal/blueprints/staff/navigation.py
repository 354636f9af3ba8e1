"""What stands at the side: only what the role may see, with the count of what waits there."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from portal import clock
from portal.access.permissions import Permission
from portal.access.scope import Scope
from portal.clock import SchoolTerm, term_of
from portal.coverage.additions import count_additions
from portal.coverage.move_lists import count_waiting as count_moves
from portal.coverage.today import overdue_rows, pupils_to_settle, refused_files
from portal.database import db
from portal.enrolment.bureau_questions import count_asked
from portal.enrolment.local_standards import count_to_approve
from portal.enrolment.standing import DESKS
from portal.outreach.campaign_lists import count_waiting
from portal.outreach.tasks import count_tasks
from portal.vocabulary import AdditionState

Count = Callable[[Session, Scope, SchoolTerm], int]


@dataclass(frozen=True)
class Place:
    """A page of the side navigation; any of ``needs`` opens it, ``within`` are the pages that belong to it.

    What has no ``group`` is always in sight.
    """

    endpoint: str
    label: str
    needs: tuple[Permission, ...]
    within: tuple[str, ...] = ()
    waits: Count | None = None
    waits_label: str = ""
    group: str = ""


@dataclass(frozen=True)
class Shown:
    label: str
    href: str
    here: bool
    count: int
    count_label: str


@dataclass(frozen=True)
class Folded:
    """Pages of one kind of work under one heading; ``here`` unfolds them, ``count`` is of all that waits in there."""

    label: str
    pages: tuple[Shown, ...]

    @property
    def here(self) -> bool:
        return any(page.here for page in self.pages)

    @property
    def count(self) -> int:
        return sum(page.count for page in self.pages)


def nominations(session: Session, scope: Scope, _term: SchoolTerm) -> int:
    """What schools proposed waits for the county."""
    waiting = count_additions(session, scope)[AdditionState.PROPOSED]
    return waiting if current_user.may(Permission.ADD_BY_HAND) else 0


def waiting_campaigns(session: Session, scope: Scope, _: SchoolTerm) -> int:
    return count_waiting(session, scope, current_user.actor, clock.today())


def standards_waiting(session: Session, scope: Scope, _term: SchoolTerm) -> int:
    return count_to_approve(session, scope, current_user.actor)


def moves_waiting(session: Session, scope: Scope, _term: SchoolTerm) -> int:
    return count_moves(session, scope, current_user.staff.unit.level, clock.today())


def rows_overdue(session: Session, scope: Scope, term: SchoolTerm) -> int:
    return overdue_rows(session, scope, term, clock.today())


IMPORTS = (Permission.IMPORT_ROSTER, Permission.IMPORT_REGISTER, Permission.IMPORT_AWARDS)

TO_RECOGNISE, TO_TELL, TO_PAY = "名单与核实", "告知家庭", "发放与导出"
TO_OVERSEE, TO_KEEP = "统计与督查", "管理"

PLACES = (
    Place(
        "staff.my_pupils", "我的学生", (Permission.VERIFY_OWN_CLASS,),
        ("staff.my_pupil", "staff.verify_pupil", "staff.show_phone", "staff.record_own_contact"),
    ),
    Place("staff.today", "今天", (Permission.SEE_PUPILS,)),
    Place(
        "staff.ledger", "台账", (Permission.SEE_PUPILS,),
        ("staff.pupil", "staff.reveal", "staff.give_reason", "staff.record_contact", "staff.script",
         "staff.settle_correction", "staff.move_rows", "staff.give_helper"),
        rows_overdue, "条过了约定日期",
    ),
    Place(
        "staff.review", "核实", DESKS,
        ("staff.one_pair", "staff.reveal_pair", "staff.settle"),
        lambda session, scope, term: pupils_to_settle(session, scope, term, current_user.staff.role), "人待核实",
        TO_RECOGNISE,
    ),
    Place(
        "staff.bureau_questions", "部门核实", (Permission.ANSWER_BUREAU,),
        ("staff.bureau_question", "staff.reveal_bureau_question", "staff.answer_bureau_question"),
        lambda session, scope, _: count_asked(session, scope.unit_id), "条待答复", TO_RECOGNISE,
    ),
    Place(
        "staff.intakes", "导入", IMPORTS,
        (
            "staff.intake", "staff.take_in_roster", "staff.take_in_register", "staff.take_in_awards",
            "staff.register", "staff.withdraw_register",
        ),
        refused_files, "份文件被退回", TO_RECOGNISE,
    ),
    Place("staff.board", "比对进度", (Permission.FOLLOW_MATCHING,), group=TO_RECOGNISE),
    Place(
        "staff.matched", "比对名单", (Permission.SEE_PUPILS,), ("staff.matching", "staff.export_matched"),
        group=TO_RECOGNISE,
    ),
    Place("staff.all_rolls", "名单", (Permission.SEE_PUPILS,), ("staff.roll",), group=TO_RECOGNISE),
    Place(
        "staff.additions_list", "人工新增", (Permission.SEE_PUPILS,), (), nominations, "条提名待受理", TO_RECOGNISE
    ),
    Place(
        "staff.moves", "学籍变动", (Permission.SEE_PUPILS,),
        ("staff.move", "staff.record_move", "staff.accept_move", "staff.end_move", "staff.name_school"),
        moves_waiting, "件学籍变动要办", TO_RECOGNISE,
    ),
    Place(
        "staff.contact_tasks", "联系记录", (Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS),
        ("staff.contact_task", "staff.record_talk", "staff.unreached_families"),
        count_tasks, "家要联系", TO_TELL,
    ),
    Place(
        "staff.campaigns", "提醒与批次", (Permission.SEND_MESSAGES,),
        (
            "staff.campaign", "staff.change_campaign_days", "staff.messages", "staff.phone", "staff.wordings",
            "staff.save_wording",
        ),
        waiting_campaigns, "个批次待提交或批准", TO_TELL,
    ),
    Place("staff.slips", "告知单", (Permission.PRINT_SLIPS,), ("staff.print_slips",), group=TO_TELL),
    Place(
        "staff.awards", "发放与差异", (Permission.SEE_PUPILS,),
        ("staff.award_differences", "staff.owed_parts", "staff.owed_pupils"), group=TO_PAY,
    ),
    Place(
        "staff.back_fill", "回填与导出", (Permission.SEE_PUPILS,),
        ("staff.mark_filled", "staff.export_template", "staff.compare_systems", "staff.take_in_system_list"),
        group=TO_PAY,
    ),
    Place("staff.closing", "学期关账", (Permission.SEE_PUPILS,), ("staff.sign_closing",), group=TO_PAY),
    Place("staff.all_notices", "公示", (Permission.SEE_PUPILS,), ("staff.put_up_notice",), group=TO_PAY),
    Place(
        "staff.yearly_checks", "学年核查", (Permission.SEE_PUPILS,), ("staff.look_at_pupils", "staff.sign_year"),
        group=TO_RECOGNISE,
    ),
    Place(
        "staff.statistics", "统计", (Permission.SEE_PUPILS,), ("staff.counted", "staff.export_statistics"),
        group=TO_OVERSEE,
    ),
    Place(
        "staff.bulletins", "通报", (Permission.SEE_PUPILS,),
        ("staff.bulletin", "staff.new_bulletin", "staff.issue_bulletin"), group=TO_OVERSEE,
    ),
    Place("staff.next_budget", "预算", (Permission.MAKE_BUDGET,), ("staff.take_budget",), group=TO_OVERSEE),
    Place(
        "staff.inspections", "督查", (Permission.INSPECT,),
        ("staff.inspection", "staff.draw_sample", "staff.inspection_trails"), group=TO_OVERSEE,
    ),
    Place(
        "staff.standards", "地方标准", (Permission.PROPOSE_STANDARD, Permission.APPROVE_STANDARD),
        ("staff.standard", "staff.new_standard", "staff.approve_standard", "staff.refuse_standard",
         "staff.own_policy"),
        standards_waiting, "份待批准", TO_KEEP,
    ),
    Place(
        "staff.people", "单位与人员", (Permission.KEEP_ACCOUNTS,),
        ("staff.new_account", "staff.change_role", "staff.close_account", "staff.teacher_classes"),
        group=TO_KEEP,
    ),
    Place(
        "staff.operations", "发送状况", (Permission.SEE_OPERATIONS,),
        ("staff.supplier_templates", "staff.record_supplier_template", "staff.record_signature_filing"), group=TO_KEEP,
    ),
    Place("staff.categories", "困难类别", (Permission.KEEP_CATEGORIES,), ("staff.add_category",), group=TO_KEEP),
    Place("staff.audit_trail", "操作日志", (Permission.READ_AUDIT,), group=TO_KEEP),
)  # fmt: skip
FEW = 6
"""So many pages are told at once, without headings."""


def navigation() -> list[Shown | Folded]:
    """A heading that would have one page under it is that page."""
    mine = [place for place in PLACES if any(map(current_user.may, place.needs))]
    session, scope, term = db.session(), current_user.scope, term_of(clock.today())
    groups: dict[str, list[Shown]] = {}
    for place in mine:
        count = place.waits(session, scope, term) if place.waits else 0
        here = request.endpoint == place.endpoint or request.endpoint in place.within
        page = Shown(place.label, url_for(place.endpoint), here, count, place.waits_label)
        groups.setdefault(place.group if len(mine) > FEW else "", []).append(page)
    return [
        one
        for group, pages in groups.items()
        for one in (pages if not group or len(pages) == 1 else [Folded(group, tuple(pages))])
    ]


def first_page() -> str:
    """Where a sign-in leads: the first page the role may see."""
    for place in PLACES:
        if any(map(current_user.may, place.needs)):
            return url_for(place.endpoint)
    return url_for("staff.change_password")
