"""今天 leads to what waits on a page of its own: a child on the way, one who dropped out, a second person's word."""

from flask import Flask
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage import moving
from portal.enrolment import corrections
from portal.enrolment.local_standards import count_to_approve
from portal.enrolment.moves import Event
from portal.vocabulary import CampaignState, MoveEnd, MoveKind
from tests.builders import A_MONDAY, TERM, a_staff_member
from tests.conftest import Stranger
from tests.outreach.cases import a_matched_pupil
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


def test_a_school_finds_the_child_that_the_next_school_sent_back(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    there, me = county.theirs.pupil.school, county.ours.member
    move = moving.record(
        session, county.ours.pupil, Event(MoveKind.TRANSFER, A_MONDAY.date(), there.code), me, A_MONDAY
    )
    moving.finish(session, move, MoveEnd.SENT_BACK, county.theirs.member, A_MONDAY, "没有这名学生")
    session.commit()
    assert "1 名学生转出被退回" in today(app, "sch1")
    assert "转出被退回" not in today(app, "cnty")


def test_a_student_who_left_college_is_not_looked_for_the_same_day(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    for pupil, compulsory in ((county.ours.pupil, True), (county.ours.addition.pupil, False)):
        event = Event(MoveKind.DROP_OUT, A_MONDAY.date(), "")
        moving.record(session, pupil, event, county.ours.member, A_MONDAY).compulsory = compulsory
    session.commit()
    assert "其中 1 名今天就要查" in today(app, "cnty")


def test_a_transfer_of_today_to_a_school_nobody_knows_is_not_late(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    county.ours.move.to_school_id = None
    county.ours.move.due_on = A_MONDAY.date()
    session.commit()
    page = today(app, "cnty")
    assert "1 名学生转学，没有学校接收" in page and "已经晚了" not in page


def test_who_proposed_a_standard_is_not_told_that_it_waits_for_approval(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    assert "1 份地方标准待批准" in today(app, "cnty")
    scope, first = scope_of(county.units["county"]), county.ours.standard.proposed_by
    assert [count_to_approve(session, scope, who) for who in (first, "staff:cnty")] == [0, 1]


def test_a_campaign_waits_where_it_is_drawn_up_and_then_for_somebody_else(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    campaign = county.ours.campaign
    waits = "个批次待提交或批准"
    campaign.state, campaign.submitted_by = CampaignState.DRAWN, None
    session.commit()
    assert [waits in today(app, who) for who in ("sch1", "cnty", "city")] == [True, False, False]
    campaign.state, campaign.submitted_by = CampaignState.SUBMITTED, "staff:sch1"
    session.commit()
    assert [waits in today(app, who) for who in ("sch1", "cnty", "city")] == [False, True, False]


def test_families_who_did_not_answer_are_counted_and_opened_pupil_by_pupil(
    app: Flask, session: Session, monday: None
) -> None:
    pupil = a_matched_pupil(session)
    a_staff_member(session, "sch1", unit=pupil.school)
    session.commit()
    words = f'还有 1 名学生的家庭没有回应，<a href="/staff/unreached?term={TERM}">'
    assert words in today(app, "sch1")

    corrections.record(session, pupil, TERM, "wrong_details", "班级写错了", "family", A_MONDAY)
    session.commit()

    assert "今天要看 1 件" in today(app, "sch1") and words in today(app, "sch1")


def test_a_second_person_is_told_and_the_first_is_not(app: Flask, county: StaffCounty) -> None:
    assert "1 份完整号码的导出等批准" in today(app, "sch1")
    assert "份完整号码的导出等批准" not in today(app, county.ours.member.account)
