"""今天 leads to what waits on a page of its own: a child on the way, one who dropped out, a second person's word."""

from flask import Flask
from sqlalchemy.orm import Session

from portal.coverage import moving
from portal.enrolment.moves import Event
from portal.vocabulary import MoveKind
from tests.builders import A_MONDAY
from tests.conftest import Stranger
from tests.staff.county import StaffCounty, sign_in


def today(app: Flask, account: str) -> str:
    client = Stranger(app, app.response_class)
    sign_in(client, account)
    return client.get("/staff/").text


def test_a_school_finds_the_child_that_comes_to_it(app: Flask, county: StaffCounty) -> None:
    assert "1 名学生转来，等本校接收" in today(app, "sch1")
    assert "转来，等本校接收" not in today(app, "cnty")


def test_the_county_hears_of_a_drop_out_the_same_day(app: Flask, session: Session, county: StaffCounty) -> None:
    event = Event(MoveKind.DROP_OUT, A_MONDAY.date(), "")
    moving.record(session, county.ours.pupil, event, county.ours.member, A_MONDAY)
    session.commit()
    page = today(app, "cnty")
    assert page.index("1 名学生疑似失学或退学") < page.index("1 名学生由学校提名")
    assert "/staff/moves?show=dropped" in page


def test_a_second_person_is_told_and_the_first_is_not(app: Flask, county: StaffCounty) -> None:
    assert "1 份完整号码的导出等批准" in today(app, "sch1")
    assert "份完整号码的导出等批准" not in today(app, county.ours.member.account)
