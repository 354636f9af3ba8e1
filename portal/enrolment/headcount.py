"""多少人: of how many persons the portal holds something; at ten million the law asks more of its keeper (L-13)."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Guardian, Pupil, RegisterEntry
from portal.vocabulary import Labelled

NEAR, MANY = 8_000_000, 10_000_000
"""网络数据安全管理条例 28: from the second on also its articles 30 and 32; the first is our own early word."""


class Size(Labelled):
    ORDINARY = "ordinary", "不到800万人"
    NEAR = "near", "已过800万人，快到1000万人：准备负责人、管理机构和年度评估"
    MANY = "many", "已到1000万人：按条例第30、32条办"


def people_held(session: Session) -> int:
    """Everybody with a number of his own once, wherever he stands.

    Whoever has none that holds counts as often as he stands somewhere, so that it is the most there can be.
    """
    numbers = (
        select(table.id_number_index).where(table.id_number_index.is_not(None))
        for table in (Pupil, Guardian, RegisterEntry)
    )
    first, *others = numbers
    persons = session.scalar(select(func.count()).select_from(first.union(*others).subquery())) or 0
    return persons + sum(_without_number(session, table) for table in (Pupil, Guardian, RegisterEntry))


def _without_number(session: Session, table: type[Pupil | Guardian | RegisterEntry]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.id_number_index.is_(None))) or 0


def size_of(people: int) -> Size:
    return Size.MANY if people >= MANY else Size.NEAR if people >= NEAR else Size.ORDINARY
