"""公示 before anybody: neutral, kept from search engines, gone the day after its last."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage import public_notices
from portal.coverage.public_notices import Notice
from portal.models import PublicNotice
from tests.builders import A_MONDAY, TERM, a_pupil, a_school, a_staff_member
from tests.coverage.builders import CATALOGUE


@pytest.fixture
def notice(session: Session) -> PublicNotice:
    a_pupil(session)
    day = A_MONDAY.date()
    wanted = Notice("UG-NS", SchoolTerm.parse(TERM), "王小雨", day, day + timedelta(days=7))
    made = public_notices.put_up(session, a_school(session), wanted, CATALOGUE, a_staff_member(session), A_MONDAY)
    session.commit()
    return made


def test_anybody_reads_name_school_and_class_and_no_search_engine_keeps_it(
    client: FlaskClient, notice: PublicNotice
) -> None:
    with time_machine.travel(A_MONDAY, tick=False):
        page = client.get(f"/notices/{notice.id}")
        listed = client.get("/notices").text
    for words in ("王小雨", "四年级(2)班", "示例县实验小学", "本专科生国家奖学金公示", "9月14日"):
        assert words in page.text
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert ("王小雨" in listed, "本专科生国家奖学金" in listed) == (False, True)
    assert "3299012016" not in page.text and "困难" not in page.text and "王丽" not in page.text


def test_the_day_after_its_last_it_is_not_there_though_no_clock_ran(client: FlaskClient, notice: PublicNotice) -> None:
    with time_machine.travel(A_MONDAY + timedelta(days=8), tick=False):
        assert client.get(f"/notices/{notice.id}").status_code == 404
        assert "现在没有公示" in client.get("/notices").text
