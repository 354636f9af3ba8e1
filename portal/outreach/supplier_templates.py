"""报备模板: recorded only when what the supplier approved says exactly what we say, blanks in the same places."""

import re
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local
from portal.models import SupplierTemplate
from portal.outreach.gateways.approved import Approved
from portal.outreach.messages import template
from portal.suppliers import LABELS

SUPPLIERS = {name: LABELS[name] for name in ("aliyun", "tencent", "wechat", "wecom")}
"""Those that pass on only what they approved; to the others any text may be given."""
BLANK = re.compile(r"\$\{\w+\}|\{\{\w+(?:\.DATA)?\}\}|\{\w+\}")
"""How suppliers and we mark what is filled in: ${child}, {1}, {{thing1.DATA}}, {child}."""
SIGNATURE = re.compile(r"^【[^】]*】")

Words = tuple[str, str, int]
"""Supplier, template and its version."""


class TemplateRefused(ValueError):
    """One sentence: what does not agree, and where."""


def record(
    session: Session,
    supplier: str,
    code: str,
    name: str,
    wording: int,
    text: str,
    approved_on: date,
    by: str,
    now: datetime,
) -> SupplierTemplate:
    """Raise TemplateRefused; a template that was approved stays recorded when we write a new version."""
    ours = template(name)
    if _bones(text) != _bones(ours.wordings[wording]):
        raise TemplateRefused(
            "报备的原文和我们的文案不一样；除了要填的空，应当一字不差。请照供应商后台的原文再抄一遍，或重新报备"
        )
    if approved_on > local(now).date():
        raise TemplateRefused("批准日期在今天以后，请核对")
    same = select(SupplierTemplate).where(SupplierTemplate.supplier == supplier, SupplierTemplate.code == code)
    if session.scalars(same).first() is not None:
        raise TemplateRefused(f"模板代码 {code} 已经登记过了")
    kept = SupplierTemplate(
        supplier=supplier, code=code, template=name, template_version=ours.version, text=text,
        approved_on=approved_on, recorded_at=now, recorded_by=by,
    )  # fmt: skip
    session.add(kept)
    audit.record(session, by, "template_recorded", supplier=supplier, code=code, template=name, version=ours.version)
    return kept


def approved(session: Session, said: Collection[Words]) -> dict[Words, tuple[Approved, ...]]:
    """What their suppliers have approved for these versions of these words; the others pass on any text."""
    found: dict[Words, list[Approved]] = {words: [] for words in said}
    asked = [words for words in said if words[0] in SUPPLIERS]
    if asked:
        of_words = tuple_(SupplierTemplate.supplier, SupplierTemplate.template, SupplierTemplate.template_version)
        for row in session.scalars(select(SupplierTemplate).where(of_words.in_(asked))):
            found[row.supplier, row.template, row.template_version].append(Approved(row.code, row.text))
    return {words: tuple(templates) for words, templates in found.items()}


def _bones(text: str) -> list[str]:
    """What is said between the blanks; the signature is filed apart from the template."""
    return BLANK.split(SIGNATURE.sub("", text.strip()))
