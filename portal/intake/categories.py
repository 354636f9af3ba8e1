"""困难类别: a further one is a row, and lists may name it from then on (N1-1).

Which aid it brings the policies say; until one names it, families read 请向学校确认 and nobody is told yes or no.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.intake.receive import category_codes
from portal.models import HardshipCategory, StaffMember

CODE = re.compile(r"[A-Z][A-Z0-9_]{1,19}")
BETWEEN = re.compile(r"[、，,；;\s]+")


class CategoryRefused(ValueError):
    """One sentence: why it is not added, and what to do."""


@dataclass(frozen=True)
class Said:
    """``aliases`` as written in one line, with 、 between them; the days are the first and the last it holds."""

    code: str
    name: str
    aliases: str
    bureau: str
    since: date | None = None
    until: date | None = None


def all_categories(session: Session) -> Sequence[HardshipCategory]:
    """Those that still hold first."""
    in_order = HardshipCategory.until.is_not(None), HardshipCategory.bureau, HardshipCategory.code
    return session.scalars(select(HardshipCategory).order_by(*in_order)).all()


def add(session: Session, said: Said, by: StaffMember) -> None:
    """Raise CategoryRefused, where a list could then not tell which is meant."""
    code, name = said.code.strip().upper(), "".join(said.name.split())
    aliases = [one for one in dict.fromkeys(BETWEEN.split(said.aliases.strip())) if one and one != name]
    if not CODE.fullmatch(code):
        raise CategoryRefused("代码请用 2 到 20 个大写字母、数字或下划线，以字母开头，如 DIBAO")
    known = category_codes(session)
    for written in (name, *aliases):
        if written in known:
            raise CategoryRefused(f"“{written}”已经是类别 {known[written]} 的叫法，名单里会分不清，请换一个")
    if said.since and said.until and said.until < said.since:
        raise CategoryRefused("最后一天早于第一天，请核对")
    values = {"code": code, "name": name, "aliases": aliases, "bureau": said.bureau.strip()}
    put = insert(HardshipCategory).values(**values, since=said.since, until=said.until).on_conflict_do_nothing()
    if session.scalar(put.returning(HardshipCategory.code)) is None:
        raise CategoryRefused(f"代码 {code} 已经有了，请换一个")
    audit.record(session, f"staff:{by.account}", "category_added", unit_id=by.unit_id, about=f"{code} {name}")
