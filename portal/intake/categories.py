"""困难类别: a further one is a row, and lists may name it from then on (N1-1).

Which aid it brings the policies say; until one names it, it opens no ledger row and no family is told of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.intake.receive import category_codes
from portal.intake.registers import category_code, category_key, category_keys
from portal.models import HardshipCategory, StaffMember

CODE = re.compile(r"[A-Z][A-Z0-9_]{1,19}")
LONGEST = 60
"""Characters of a name or another spelling."""
BETWEEN = re.compile(r"[、，,；;\s]+")


class CategoryRefused(ValueError):
    """One sentence: why it is not added, and what to do; ``field`` is where it was written."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Said:
    """``aliases`` as written in one line, with 、 between them."""

    code: str
    name: str
    aliases: str
    bureau: str


def all_categories(session: Session) -> Sequence[HardshipCategory]:
    """Those that still hold first."""
    in_order = HardshipCategory.until.is_not(None), HardshipCategory.bureau, HardshipCategory.code
    return session.scalars(select(HardshipCategory).order_by(*in_order)).all()


def add(session: Session, said: Said, by: StaffMember) -> None:
    """Raise CategoryRefused, where a list could then not tell which is meant."""
    code, name = said.code.strip().upper(), "".join(said.name.split())
    aliases = [one for one in dict.fromkeys(BETWEEN.split(said.aliases.strip())) if one and one != name]
    if not CODE.fullmatch(code):
        raise CategoryRefused("code", "代码请用 2 到 20 个大写字母、数字或下划线，以字母开头，如 DIBAO")
    keys = category_keys(category_codes(session))
    if standing := category_code(code, keys):
        raise CategoryRefused("code", f"代码 {standing} 已经有了，请换一个")
    for field, written in (("name", name), *(("aliases", alias) for alias in aliases)):
        _require_of_its_own(field, written, keys)
    values = {"code": code, "name": name, "aliases": aliases, "bureau": said.bureau.strip()}
    put = insert(HardshipCategory).values(**values).on_conflict_do_nothing()
    if session.scalar(put.returning(HardshipCategory.code)) is None:
        raise CategoryRefused("code", f"代码 {code} 已经有了，请换一个")
    audit.record(session, by.actor, "category_added", unit_id=by.unit_id, about=f"{code} {name}")


def _require_of_its_own(field: str, written: str, keys: Mapping[str, str]) -> None:
    """As lists are read: without brackets, blanks, a leading number and endings like 家庭."""
    if len(written) > LONGEST:
        raise CategoryRefused(field, f"“{written[:10]}…”有{len(written)}个字，一个叫法请不超过{LONGEST}个字")
    if not category_key(written):
        raise CategoryRefused(field, f"“{written}”里没有名单能认的字，请写这一类的叫法")
    if standing := category_code(written, keys):
        raise CategoryRefused(field, f"“{written}”已经是类别 {standing} 的叫法，名单里会分不清，请换一个")
