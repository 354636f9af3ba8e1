"""我的信息与权利: see, copy, correct, ask to delete; and who looked."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.enrolment.corrections import ABOUTS, CorrectionRefused, settle_one
from portal.models import AuditEntry, Correction
from portal.vocabulary import UnitLevel
from tests.builders import A_MONDAY
from tests.families.forms import post, sign_in
from tests.families.people import a_listed_child, a_payment, a_slip

pytestmark = pytest.mark.usefixtures("monday")

NUMBER, PHONE = "329901201603050015", "19900000001"


@pytest.fixture
def mother(session: Session, client: FlaskClient) -> FlaskClient:
    sign_in(client, a_slip(session, a_listed_child(session)))
    return client


def test_on_the_screen_numbers_are_masked(mother: FlaskClient) -> None:
    page = mother.get("/child/1/rights").text
    assert "王小雨" in page
    assert "199****0001" in page
    assert NUMBER not in page
    assert PHONE not in page


def test_the_copy_has_everything_in_full_and_is_in_the_trail(session: Session, mother: FlaskClient) -> None:
    a_payment(session)
    answer = post(mother, "/child/1/copy")
    for words in (
        NUMBER,
        PHONE,
        "示例县民政局 2026年8月名单，城乡低保家庭，本人，已匹配",
        "生活补助 500元",
        "四年级(2)班",
    ):
        assert words in answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "copied" in session.scalars(select(AuditEntry.action)).all()
    assert mother.get("/child/1/copy").status_code == 405


def test_asking_to_delete_goes_to_the_county_with_a_day(session: Session, mother: FlaskClient) -> None:
    assert "2026年9月28日前书面答复" in mother.get("/child/1/erase").text
    post(mother, "/child/1/erase")
    assert "县资助中心2026年9月28日前书面答复" in mother.get("/child").text
    said = session.scalars(select(Correction)).one()
    assert (said.about, ABOUTS[said.about].looks) == ("asked_to_erase", UnitLevel.COUNTY)


def test_a_refusal_is_in_writing_and_the_family_reads_it(session: Session, mother: FlaskClient) -> None:
    post(mother, "/child/1/erase")
    said = session.scalars(select(Correction)).one()
    with pytest.raises(CorrectionRefused, match="请写答复"):
        settle_one(session, said, " ", "staff:cnty", A_MONDAY)
    settle_one(session, said, "发放记录按规定保存3年，其余已删", "staff:cnty", A_MONDAY)
    session.commit()
    assert "答复：发放记录按规定保存3年，其余已删" in mother.get("/child/1/history").text


def test_the_history_tells_what_happened_and_who_looked(session: Session, mother: FlaskClient) -> None:
    said = session.scalars(select(AuditEntry.pupil_id).where(AuditEntry.action == "signed_in")).one()
    for look in ("read", "read", "script_read", "trail_printed", "reach_printed"):
        audit.record(session, "staff:sch1", look, pupil_id=said)
    a_payment(session)
    page = mother.get("/child/1/history").text
    for words in ("生活补助：列入办理", "家里登录查看", "工作人员查看了孩子的信息", "生活补助：记下发放"):
        assert words in page
    for words in ("打开了给家里打电话用的稿子", "打印了孩子的办理记录", "打印了联系家里的记录"):
        assert f"工作人员{words}" in page
    assert page.count("工作人员查看了孩子的信息，这一天2次") == page.count("工作人员查看了孩子的信息") == 1
    assert not any(word in page for word in ("台账", "比对", "sch1"))
