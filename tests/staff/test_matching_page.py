"""运行比对: what the page says of a run that is under way, and of one that was given up."""

import re

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.enrolment.matching_runs import GIVEN_UP, begin, compare_next, finish, give_up, put_in_place
from portal.models import MatchRun
from tests.builders import A_MONDAY, TERM
from tests.staff.county import StaffCounty, sign_in


def under_way(session: Session, county: StaffCounty) -> MatchRun:
    made = begin(session, county.units["school"], SchoolTerm.parse(TERM), "command", A_MONDAY, at_once=1)
    compare_next(session, made, A_MONDAY)
    session.commit()
    return made


def test_how_far_a_run_is_stands_on_the_page(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    under_way(session, county)
    sign_in(client, "sch1")
    page = client.get("/staff/matching").text
    assert re.search(r"已比对 1 人，共 [2-9] 人", page)
    assert "名单还是上一次的" in page


def test_a_list_that_stands_before_its_ledger_says_what_is_left(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    made = under_way(session, county)
    while compare_next(session, made, A_MONDAY):
        pass
    put_in_place(session, made, "command", A_MONDAY)
    session.commit()
    sign_in(client, "sch1")
    page = client.get("/staff/matching").text
    assert re.search(r"名单已经是这一次的；正在开立台账，还有 [2-9] 人", page)
    assert "名单还是上一次的" not in page


def test_a_ledger_that_stuck_for_long_says_so_and_the_run_may_be_pressed_again(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    made = under_way(session, county)
    put_in_place(session, made, "command", A_MONDAY)
    made.began_at -= GIVEN_UP
    session.commit()
    sign_in(client, "sch1")
    page = client.get("/staff/matching").text
    assert "名单已经是这一次的，但台账没有开完" in page
    assert "运行比对</button>" in page


def test_a_run_that_was_given_up_says_so_and_may_be_pressed_again(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    give_up(session, under_way(session, county), A_MONDAY)
    session.commit()
    sign_in(client, "sch1")
    page = client.get("/staff/matching").text
    assert "这次比对没有完成" in page
    assert "运行比对</button>" in page


def test_whoever_could_not_be_compared_is_counted_and_no_table_of_ours_is_named(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    made = under_way(session, county)
    put_in_place(session, made, "command", A_MONDAY)
    finish(session, made, A_MONDAY)
    made.unread = [f"学生 {county.ours.pupil.id}：pupil.id_number 的加密数据被改动"]
    session.commit()
    sign_in(client, "sch1")
    page = client.get("/staff/matching").text
    assert "1 名学生没有比对" in page
    assert "id_number" not in page
