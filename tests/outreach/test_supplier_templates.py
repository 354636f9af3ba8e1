"""报备模板: what a supplier approved, on the day the wall clock in Jiangsu says."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from portal.models import SupplierTemplate
from portal.outreach.messages import template
from portal.outreach.supplier_templates import TemplateRefused, record

EARLY = datetime(2026, 9, 7, 23, 30, tzinfo=UTC)
"""Half past seven in the morning of the eighth."""


def keep(session: Session, approved_on: date) -> SupplierTemplate:
    text = template("publicity_opening").wordings[0]
    return record(session, "aliyun", "SMS_1", "publicity_opening", 0, text, approved_on, "staff:keeper", EARLY)


def test_what_was_approved_today_is_recorded_before_eight_in_the_morning(session: Session) -> None:
    assert keep(session, date(2026, 9, 8)).approved_on == date(2026, 9, 8)


def test_what_will_be_approved_tomorrow_is_not(session: Session) -> None:
    with pytest.raises(TemplateRefused, match="今天以后"):
        keep(session, date(2026, 9, 9))
