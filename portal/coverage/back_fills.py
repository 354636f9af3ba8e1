"""回填: which rows still have to be typed into another system, and that it was done, by whom and when (N3-17)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, Subquery, and_, delete, exists, func, not_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session, joinedload

from portal import audit
from portal.access.scope import NotInScope, Scope
from portal.clock import SHANGHAI, SchoolTerm, local
from portal.coverage.lists import LedgerLine, classes_of
from portal.coverage.lists import line_of as ledger_line_of
from portal.coverage.templates import TEMPLATES, Template
from portal.models import BackFill, Entitlement, EntitlementChange, StaffMember, Unit
from portal.policies.catalogue import Catalogue
from portal.vocabulary import Labelled


class Show(Labelled):
    """What the list is narrowed to."""

    OPEN = "open", "未回填"
    CHANGED = "changed", "回填后有变化"
    LATE = "late", "拖久了"
    FILLED = "filled", "已回填"


DAYS = (5, 10, 20)
"""After how many days without a change a row not back-filled is late; the middle one unless said otherwise."""


@dataclass(frozen=True)
class Asked:
    """Rows of a scope and term for one template; ``days`` until an unfilled row is late."""

    scope: Scope
    term: str
    template: Template
    today: date
    days: int = DAYS[1]


@dataclass(frozen=True)
class BackFillLine:
    """``filled_on`` is None while it was never typed; ``changed`` where the row has moved on since."""

    line: LedgerLine
    filled_on: date | None
    by: str
    changed: bool


def rows(asked: Asked, *columns: Any) -> Select[Any]:
    """Of the template, whether typed or not, each beside its mark."""
    mark, chosen = BackFill.entitlement_id == Entitlement.id, select(*columns).select_from(Entitlement)
    if asked.template.of_family:
        last = _last_of_each_pupil(asked)
        of_pupil = and_(last.c.pupil_id == Entitlement.pupil_id, last.c.school_id == Entitlement.school_id)
        mark, chosen = BackFill.id == last.c.id, chosen.outerjoin(last, of_pupil)
    chosen = chosen.outerjoin(BackFill, and_(mark, BackFill.template == asked.template.code))
    holds = and_(Entitlement.term == asked.term, not_(Entitlement.retracted), asked.template.holds())
    return asked.scope.narrow(chosen.where(holds), Entitlement.school_id)


def condition(asked: Asked, show: Show) -> ColumnElement[bool]:
    filled = is_filled(asked)
    return {
        Show.OPEN: not_(filled),
        Show.CHANGED: and_(BackFill.id.is_not(None), not_(filled)),
        Show.LATE: and_(not_(filled), _waits(asked)),
        Show.FILLED: filled,
    }[show]


def is_filled(asked: Asked) -> ColumnElement[bool]:
    """Of a row beside its mark, 家庭经济信息 its pupil's newest: its own school typed what the template watches as it
    stands; what the national system paid was typed there.
    """
    template, term = asked.template, SchoolTerm.parse(asked.term)
    unchanged = [getattr(BackFill, name).is_not_distinct_from(getattr(Entitlement, name)) for name in template.watches]
    ours = BackFill.school_id == Entitlement.school_id
    typed = and_(BackFill.id.is_not(None), ours, *unchanged, not_(template.moved_on(term)))
    return or_(typed, Entitlement.paid_yuan > 0) if template.code == "national-awards" else typed


def counts(session: Session, asked: Asked) -> dict[Show, int]:
    figures = [func.count().filter(condition(asked, show)) for show in Show]
    return dict(zip(Show, session.execute(rows(asked, *figures)).one(), strict=True))


def late_by_school(session: Session, asked: Asked) -> list[tuple[str, int]]:
    """Which schools let it lie, the most first."""
    late = rows(asked, Unit.name, func.count()).join(Unit, Unit.id == Entitlement.school_id)
    grouped = late.where(condition(asked, Show.LATE)).group_by(Unit.name)
    return [(name, number) for name, number in session.execute(grouped.order_by(func.count().desc(), Unit.name))]


def lines(
    session: Session, asked: Asked, show: Show, catalogue: Catalogue, offset: int, limit: int
) -> list[BackFillLine]:
    """School by school."""
    page = (
        rows(asked, Entitlement, BackFill)
        .join(Unit, Unit.id == Entitlement.school_id)
        .where(condition(asked, show))
        .options(joinedload(Entitlement.pupil), joinedload(Entitlement.school))
        .order_by(Unit.code, Entitlement.id)
        .offset(offset)
        .limit(limit)
    )
    found = session.execute(page).all()
    classes = classes_of(session, asked.term, [row.pupil_id for row, _ in found])
    return [
        BackFillLine(
            ledger_line_of(row, classes.get(row.pupil_id, ""), catalogue, asked.today),
            mark and local(mark.filled_at).date(), mark.by if mark else "",
            mark is not None and show is not Show.FILLED,
        )
        for row, mark in found
    ]  # fmt: skip


def mark(
    session: Session, asked: Asked, ids: Collection[UUID] | None, staff: StaffMember, now: datetime
) -> tuple[UUID, int]:
    """已回填, for these rows or, with None, for all that are not; the press by which it is taken back, and how many."""
    chosen = rows(asked, Entitlement.id).where(not_(is_filled(asked)))
    if ids is not None:
        theirs = set(session.scalars(rows(asked, Entitlement.id).where(Entitlement.id.in_(ids))))
        if theirs != set(ids):
            raise NotInScope
        chosen = chosen.where(Entitlement.id.in_(ids))
    press, actor = uuid4(), staff.actor
    number = put_marks(session, asked.template, list(session.scalars(chosen)), actor, press, now)
    audit.record(
        session, actor, "back_filled",
        unit_id=staff.unit_id, template=asked.template.code, term=asked.term, rows=number,
    )  # fmt: skip
    return press, number


def put_marks(session: Session, template: Template, ids: Collection[UUID], by: str, press: UUID, now: datetime) -> int:
    """As the rows stand now; an earlier mark gives way."""
    standing = select(
        Entitlement.id,
        Entitlement.school_id,
        Entitlement.due_yuan,
        Entitlement.paid_yuan,
        Entitlement.reason,
        Entitlement.pupil_id,
        Entitlement.term,
    ).where(Entitlement.id.in_(ids))
    values = [
        {
            "id": uuid4(), "entitlement_id": row.id, "pupil_id": row.pupil_id, "term": row.term,
            "school_id": row.school_id, "template": template.code,
            "filled_at": now, "by": by, "press_id": press,
            "due_yuan": row.due_yuan, "paid_yuan": row.paid_yuan, "reason": row.reason,
        }
        for row in session.execute(standing)
    ]  # fmt: skip
    if values:
        put = insert(BackFill)
        renewed = ("pupil_id", "school_id", "filled_at", "by", "press_id", "due_yuan", "paid_yuan", "reason")
        session.execute(
            put.on_conflict_do_update(
                index_elements=["entitlement_id", "template"], set_={name: put.excluded[name] for name in renewed}
            ),
            values,
        )
    return len(values)


def take_back(session: Session, scope: Scope, press: UUID, staff: StaffMember) -> int:
    """撤销: what one press marked is unmarked; how many. Raise NotInScope for what is not theirs."""
    of_press = scope.narrow(select(BackFill).where(BackFill.press_id == press), BackFill.school_id)
    marks = session.scalars(of_press).all()
    if not marks:
        raise NotInScope
    session.execute(delete(BackFill).where(BackFill.id.in_([one.id for one in marks])))
    audit.record(
        session, staff.actor, "back_fill_undone", unit_id=staff.unit_id, template=marks[0].template, rows=len(marks)
    )
    return len(marks)


def template_of(code: str) -> Template:
    return TEMPLATES.get(code) or next(iter(TEMPLATES.values()))


def _last_of_each_pupil(asked: Asked) -> Subquery:
    """The newest mark, whichever row of the pupil it was put on, and if that row fell since."""
    marks = (
        select(BackFill.id, BackFill.pupil_id, BackFill.school_id)
        .ext(distinct_on(BackFill.pupil_id, BackFill.school_id))
        .where(BackFill.template == asked.template.code, BackFill.term == asked.term)
        .order_by(BackFill.pupil_id, BackFill.school_id, BackFill.filled_at.desc())
    )
    return asked.scope.narrow(marks, BackFill.school_id).subquery()


def _waits(asked: Asked) -> ColumnElement[bool]:
    """Nothing changed of the row for so many days; that it climbed to another desk is no change of it."""
    since = datetime.combine(asked.today - timedelta(days=asked.days), time(), SHANGHAI)
    moved = exists().where(
        EntitlementChange.entitlement_id == Entitlement.id,
        EntitlementChange.at >= since,
        EntitlementChange.raised_to.is_(None),
    )
    return and_(Entitlement.opened_at < since, not_(moved))
