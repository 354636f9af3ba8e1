"""Long lists, a page at a time; the page is in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

PAGE = 50


@dataclass(frozen=True)
class Paging:
    """``page`` counts from 1; ``total`` are the lines of all pages."""

    page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE

    @classmethod
    def within(cls, page: int, total: int) -> "Paging":
        """A page beyond the last is the last."""
        return cls(min(max(page, 1), cls(1, total).pages), total)

    @classmethod
    def of(
        cls, session: Session, statement: Select[*tuple[Any, ...]], page: int
    ) -> tuple["Paging", Sequence[Row[*tuple[Any, ...]]]]:
        total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
        paging = cls.within(page, total)
        return paging, session.execute(statement.limit(PAGE).offset(paging.offset)).all()


def asked_page() -> int:
    return request.args.get("page", 1, type=int)
