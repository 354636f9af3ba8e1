"""报备模板: what a supplier approved for one wording of ours: its code, the text as filed, and when."""

from datetime import date, datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row


class SupplierTemplate(Row):
    """A supplier passes on only what it approved beforehand; another version of our words needs another approval."""

    __tablename__ = "supplier_template"
    __table_args__ = (UniqueConstraint("supplier", "code"),)

    supplier: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(60))
    template: Mapped[str] = mapped_column(String(60))
    template_version: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    """As filed, with the supplier's own marks for what is filled in: ``${child}`` or ``{1}``."""
    approved_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
