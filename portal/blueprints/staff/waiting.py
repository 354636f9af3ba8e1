"""What waits on a page of its own and 今天 leads to: calls, pupils on the way, what wants a second person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from flask_login import current_user

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.staff.navigation import standards_waiting, waiting_campaigns
from portal.blueprints.staff.presses import Offered
from portal.clock import SchoolTerm
from portal.coverage import exports, move_lists
from portal.coverage.lists import LedgerLine
from portal.database import db
from portal.outreach.replies import count_unhandled
from portal.outreach.tasks import tasks_by_kind
from portal.vocabulary import ContactTaskKind, UnitLevel


@dataclass(frozen=True)
class Said:
    """What one family said is wrong; ``words`` are what it added."""

    id: UUID
    pupil_id: UUID
    masked_name: str
    on: date
    words: str
    urgent: str


@dataclass(frozen=True)
class Waiting:
    """One line of what waits; ``urgent`` are words set off in amber.

    What is alike is closed in place: ``lines`` are ledger rows, ``said`` are families' words ``about`` one matter,
    ``answers`` whether each of them is owed an answer in writing.
    """

    what: str
    why: str
    action: str
    href: str
    urgent: str = ""
    lines: tuple[LedgerLine, ...] = ()
    acts: tuple[Offered, ...] = ()
    said: tuple[Said, ...] = ()
    about: str = ""
    answers: bool = False


CALLS = {
    # why it is not closed here: what has to happen first
    ContactTaskKind.CALL: ("{} 家要打电话", "照话术说，记下家长的回答就办结", "打电话（有话术）"),
    ContactTaskKind.VISIT: ("{} 家要上门或送纸质告知单", "电话联系不上；见到家长，记下回答就办结", "去办"),
    ContactTaskKind.NUMBERS: (
        "{} 个号码登记给了几家", "不会向它发个人信息；补全名册里的号码，任务自动办结，不能在这里勾掉", "补全电话",
    ),
}  # fmt: skip


def calls(term: SchoolTerm) -> list[Waiting]:
    """Families that wrote, those nobody reached, and shared numbers: one line each kind, the nearest day first."""
    session, scope, day = db.session(), current_user.scope, clock.today()
    if not current_user.may(Permission.RECORD_CONTACT):
        return []
    lines = []
    if wrote := count_unhandled(session, scope):
        why = "门户不回短信；打电话答复，办好了点“已处理”"
        lines.append(Waiting(f"{wrote:,} 条家长回复等答复", why, "去看", url_for("staff.contact_tasks")))
    for kind, count, first in tasks_by_kind(session, scope, term):
        what, why, action = CALLS[kind]
        urgent = f"{first.due_on:%m月%d日} 已过" if first.due_on < day else f"最早的 {first.due_on:%m月%d日} 到期"
        one = url_for("staff.contact_task", task_id=first.id)
        href = one if count == 1 else url_for("staff.contact_tasks", kind=kind.value)
        lines.append(Waiting(what.format(f"{count:,}"), why, action, href, urgent))
    return lines


MOVES = (
    # which list of moves, whether it is the school's or of those above it, what is said of it and of those that press
    (
        "dropped", False, "{} 名学生疑似失学或退学", "义务教育年龄的孩子当天核查劝返；返校了在那里办结", "去看",
        "今天就要查",
    ),
    ("incoming", True, "{} 名学生转来，等本校接收", "核对是本校学生就接收，台账随孩子过来，不会发两份", "去接收", ""),
    ("sent_back", True, "{} 名学生转出被退回", "转入学校说不是那边的学生；核实孩子在哪里上学", "去看", ""),
    ("stuck", False, "{} 名学生转学，没有学校接收", "转入学校过期没有接收，或还不知道是哪所学校", "去看", "已经晚了"),
)  # fmt: skip


def moves() -> list[Waiting]:
    """疑似失学 first: the county hears of it the same day (N1-5)."""
    if not current_user.may(Permission.RECORD_MOVE):
        return []
    session, scope, level, day = db.session(), current_user.scope, current_user.staff.unit.level, clock.today()
    lines = []
    for code, of_school, what, why, action, urgent in MOVES:
        desk, mine = move_lists.DESKS[code], of_school is (level is UnitLevel.SCHOOL)
        if mine and (found := move_lists.count(session, scope, desk, level, day)):
            pressing = move_lists.count_pressing(session, scope, desk, level, day)
            words = _of_some(pressing, found, urgent)
            lines.append(Waiting(what.format(found), why, action, url_for("staff.moves", show=code), words))
    return lines


def _of_some(some: int, all_of_them: int, words: str) -> str:
    if not some or not words:
        return ""
    return words if some == all_of_them else f"其中 {some} 名{words}"


def _exports_waiting(_: SchoolTerm) -> int:
    waiting = exports.requests_for(db.session(), current_user.scope, current_user.staff, clock.now())
    return sum(one.approved is None and one.asked_by_id != current_user.staff.id for one in waiting)


SECOND_LOOKS: tuple[tuple[Permission, Callable[[SchoolTerm], int], str, str, str], ...] = (
    # what a second person is asked for, or the first has begun and not handed in
    (Permission.EXPORT, _exports_waiting, "{} 份完整号码的导出等批准", "由申请人以外的一位批准", "staff.back_fill"),
    (
        Permission.APPROVE_STANDARD,
        lambda term: standards_waiting(db.session(), current_user.scope, term),
        "{} 份地方标准待批准", "由提出人以外的一位对照原文批准", "staff.standards",
    ),
    (
        Permission.SEND_MESSAGES,
        lambda term: waiting_campaigns(db.session(), current_user.scope, term),
        "{} 个批次待提交或批准", "先预览发给谁、怎么说，再提交；人数多的由另一位批准", "staff.campaigns",
    ),
)  # fmt: skip


def second_looks(term: SchoolTerm) -> list[Waiting]:
    return [
        Waiting(what.format(found), why, "去看", url_for(page))
        for permission, count, what, why, page in SECOND_LOOKS
        if current_user.may(permission) and (found := count(term))
    ]
