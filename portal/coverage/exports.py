"""导出 for another system: numbers masked, or in full with a reason; above 500 rows a second person agrees."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal import audit
from portal.access.permissions import Permission, may
from portal.access.scope import Scope
from portal.clock import local
from portal.coverage.back_fills import Asked, is_filled, rows
from portal.coverage.economics import NOTHING, economics_within
from portal.coverage.templates import line_of
from portal.database import lock
from portal.models import BackFill, EnrolmentRecord, Entitlement, ExportRequest, StaffMember, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import one_line

ALONE = 500
"""Rows with numbers in full that one person may take away."""
MOST = 20_000
"""Rows of one file."""
KEPT = timedelta(days=7)
"""How long an approved request may be taken."""
SHORTEST, LONGEST = 4, 200
STATES = ("已回填", "回填日期")


class ExportRefused(ValueError):
    """One sentence: why it does not leave, and what to do."""


def number_of_rows(session: Session, asked: Asked) -> int:
    return session.scalar(rows(asked, func.count())) or 0


def cells(session: Session, asked: Asked, catalogue: Catalogue, plain: bool) -> Iterator[tuple[str, ...]]:
    """In the template's order, then whether and when the row was back-filled. Raise ExportRefused for too many."""
    if number_of_rows(session, asked) > MOST:
        raise ExportRefused(f"一份最多导出 {MOST:,} 行，请由各校分别导出")
    page = (
        rows(asked, Entitlement, EnrolmentRecord, BackFill.filled_at, is_filled(asked))
        .join(Unit, Unit.id == Entitlement.school_id)
        .outerjoin(
            EnrolmentRecord,
            (EnrolmentRecord.pupil_id == Entitlement.pupil_id)
            & (EnrolmentRecord.school_id == Entitlement.school_id)
            & (EnrolmentRecord.term == asked.term),
        )
        .options(joinedload(Entitlement.pupil), joinedload(Entitlement.school))
        .order_by(Unit.code, EnrolmentRecord.grade_number, EnrolmentRecord.class_name, Entitlement.id)
    )
    known = economics_within(session, asked.scope, asked.term) if asked.template.of_family else {}
    for row, record, filled_at, filled in session.execute(page):
        line = line_of(row, record, catalogue, plain, known.get(row.pupil_id, NOTHING))
        yield (*asked.template.cells(line), *_state(filled, filled_at))


def may_alone(session: Session, asked: Asked) -> bool:
    return number_of_rows(session, asked) <= ALONE


def ask(session: Session, asked: Asked, purpose: str, why: str, staff: StaffMember, now: datetime) -> ExportRequest:
    """It waits for somebody else; asked for twice it waits once."""
    standing = _requests(asked.scope).where(
        ExportRequest.asked_by_id == staff.id, ExportRequest.template == asked.template.code,
        ExportRequest.term == asked.term, ExportRequest.approved.is_(None),
    )  # fmt: skip
    request = session.scalars(standing).first()
    if request is None:
        request = ExportRequest(
            unit_id=staff.unit_id, template=asked.template.code, term=asked.term, rows=number_of_rows(session, asked),
            purpose=purpose, why=said(why), asked_by_id=staff.id, asked_at=now,
        )  # fmt: skip
        session.add(request)
        session.flush()
        _note(session, request, staff, "export_asked")
    return request


def said(why: str) -> str:
    """The reason for numbers in full, numbers in it struck out. Raise ExportRefused where there is none."""
    words = one_line(why)
    if len(words) < SHORTEST:
        raise ExportRefused("导出完整号码要写明理由，如“录入全国系统”")
    if len(words) > LONGEST:
        raise ExportRefused(f"理由请不超过{LONGEST}个字")
    return words


def decide(session: Session, request: ExportRequest, approved: bool, staff: StaffMember, now: datetime) -> None:
    """Raise ExportRefused: nobody approves what they asked for themselves."""
    if request.asked_by_id == staff.id:
        raise ExportRefused("自己申请的导出要由另一个人批准")
    lock(session, request)
    if request.approved is not None:
        raise ExportRefused("这份申请已经有人处理过了")
    request.approved, request.decided_by_id, request.decided_at = approved, staff.id, now
    session.flush()
    _note(session, request, staff, "export_approved" if approved else "export_refused")


def take(session: Session, request: ExportRequest, staff: StaffMember, now: datetime) -> None:
    """Once, by whoever asked. Raise ExportRefused."""
    lock(session, request)
    if request.asked_by_id != staff.id or not request.approved or request.decided_at is None:
        raise ExportRefused("这份导出还没有批准，或不是您申请的")
    if request.taken_at is not None or request.decided_at + KEPT < now:
        raise ExportRefused(f"批准的导出 {KEPT.days} 天内下载一次；请重新申请")
    request.taken_at = now


def requests_for(session: Session, scope: Scope, staff: StaffMember, now: datetime) -> list[ExportRequest]:
    """What this person may approve or take, and what of theirs still waits; the oldest first."""
    if not may(staff.role, Permission.EXPORT):
        return []
    waiting = ExportRequest.approved.is_(None)
    mine = ExportRequest.asked_by_id == staff.id
    ready = ExportRequest.approved & ExportRequest.taken_at.is_(None) & (ExportRequest.decided_at > now - KEPT)
    found = _requests(scope).where(waiting | (mine & ready)).order_by(ExportRequest.asked_at)
    return list(session.scalars(found))


def _requests(scope: Scope) -> Select[ExportRequest]:
    return scope.narrow(select(ExportRequest), ExportRequest.unit_id)


def _note(session: Session, request: ExportRequest, staff: StaffMember, action: str) -> None:
    audit.record(
        session, staff.actor, action,
        unit_id=request.unit_id, template=request.template, term=request.term, rows=request.rows,
        purpose=request.purpose, request=str(request.id),
    )  # fmt: skip


def _state(filled: bool, filled_at: datetime | None) -> tuple[str, str]:
    return ("是" if filled else "否", local(filled_at).date().isoformat() if filled and filled_at else "")
