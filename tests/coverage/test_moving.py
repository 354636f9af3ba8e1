"""A child that moves takes its rows along once the new school accepts; who is away is not reminded, nobody is lost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.households import enter_family
from portal.access.scope import scope_of
from portal.clock import SchoolTerm
from portal.coverage import determinations, further_aid, moving, progress
from portal.coverage.child import child_page
from portal.coverage.differing import Asked, Kind, found
from portal.coverage.move_lists import DESKS, count, line_of, lines
from portal.coverage.reasons import ReasonRefused
from portal.coverage.steps import NOT_THERE, STEPS
from portal.coverage.unaided import give_reason
from portal.database import reach_units, set_reach
from portal.enrolment.matching_runs import run
from portal.enrolment.moves import Event, MoveRefused
from portal.models import Award, DoubleEnrolment, EnrolmentRecord, Entitlement, FurtherAid, Move, Pupil, StaffMember
from portal.outreach.audiences import waiting
from portal.vocabulary import Determination, EntitlementState, IntakeKind, MoveEnd, MoveKind, Role, UnitLevel
from tests.builders import A_MONDAY, TERM, a_pupil, a_staff_member, an_intake
from tests.coverage.builders import CATALOGUE, a_row, opened
from tests.coverage.moves import TODAY, accepted, moved, officer, the_new_school


def test_the_old_school_shows_what_is_awaited_and_cannot_end_the_row(session: Session) -> None:
    row = a_row(session)
    move = moved(session, row)
    assert (row.reason, row.next_step, row.closed_on) == ("R01", "转出待接收：由转入学校接收", None)
    assert row.next_step_due == move.due_on
    with pytest.raises(ReasonRefused, match="正在转学"):
        give_reason(session, row, "R10", "说明", a_staff_member(session), A_MONDAY)


def test_whatever_the_family_says_meanwhile_the_row_waits_for_the_new_school(session: Session) -> None:
    row = a_row(session)
    moved(session, row)
    progress.note_answered(session, row.pupil_id, TERM, True, True, "family", A_MONDAY)
    progress.note_answered(session, row.pupil_id, TERM, False, False, "family", A_MONDAY)
    assert (row.state, row.next_step) == ("reached", "转出待接收：由转入学校接收")


def test_the_new_school_reads_category_paid_and_left_before_it_has_the_pupil(session: Session) -> None:
    row = a_row(session)
    progress.note_paid(session, row, Decimal(200), "staff:cnty", A_MONDAY)
    move = moved(session, row)
    session.flush()
    set_reach(session, reach_units(the_new_school(session).path))
    session.expire_all()
    assert session.scalars(select(Pupil)).all() == []
    seen = session.scalars(select(Move)).one()
    (aid,) = moving.aids_of(seen)
    assert (seen.id, seen.categories, aid.paid, aid.left) == (move.id, "城乡低保家庭", Decimal(200), Decimal(300))


def test_the_row_goes_over_with_what_was_paid_and_the_old_school_reads_the_pupil_no_more(session: Session) -> None:
    row = a_row(session)
    progress.note_paid(session, row, Decimal(200), "staff:cnty", A_MONDAY)
    old, move = row.school, moved(session, row)
    pupil = accepted(session, move)
    assert (row.school.name, row.paid_yuan, row.closed_on) == ("邻县小学", Decimal(200), None)
    assert (pupil.school.name, pupil.guardians[0].school_id) == ("邻县小学", pupil.school_id)
    set_reach(session, reach_units(old.path))
    session.expire_all()
    assert session.scalars(select(Pupil)).all() == session.scalars(select(Entitlement)).all() == []
    assert session.scalars(select(Move)).one().ended_as is MoveEnd.ACCEPTED


def test_nobody_pays_twice_where_the_new_schools_roster_came_first(session: Session) -> None:
    row = a_row(session)
    move, pupil = moved(session, row), row.pupil
    twin = a_pupil(session, the_new_school(session), class_name="(3)班")
    province = the_new_school(session).parent.parent.parent
    run(session, province, SchoolTerm.parse(TERM), "command", A_MONDAY)
    opened(session)
    sides = {double.other_school.name for double in session.scalars(select(DoubleEnrolment))}
    assert sides == {"邻县小学", "示例县实验小学"}
    accepted(session, move)
    record = session.scalars(select(EnrolmentRecord).where(EnrolmentRecord.left_on.is_(None))).one()
    assert (record.pupil_id, record.class_name) == (pupil.id, "(3)班")
    assert [row.pupil_id for row in session.scalars(select(Entitlement))] == [pupil.id]
    assert session.get_one(Pupil, twin.id).id_number is None


def paid(session: Session, pupil: Pupil, day: date) -> None:
    """500 yuan, as a file of the school's county would say it."""
    award = Award(pupil_id=pupil.id, school_id=pupil.school_id, policy="CMP-LIVE", term=TERM, yuan=500, paid_on=day)
    award.intake_id = an_intake(session, pupil.school.parent, IntakeKind.AWARDS).id
    session.add(award)
    session.flush()


def test_what_the_new_school_paid_before_it_took_the_child_over_is_paid_of_the_childs_row(session: Session) -> None:
    row = a_row(session)
    move = moved(session, row)
    paid(session, a_pupil(session, the_new_school(session)), TODAY)
    pupil = accepted(session, move)
    assert (row.state, row.paid_yuan, row.next_step) == ("paid", Decimal(500), "问家长是否收到")
    assert [award.pupil_id for award in session.scalars(select(Award))] == [pupil.id]


@pytest.mark.parametrize("received", [False, True])
def test_what_both_schools_paid_is_a_duplicate_once_the_child_is_one(session: Session, received: bool) -> None:
    row = a_row(session)
    paid(session, row.pupil, TODAY)
    progress.note_paid(session, row, Decimal(500), "staff:cnty", A_MONDAY)
    if received:
        progress.note_received(session, row, "family", A_MONDAY)
    move = moved(session, row)
    paid(session, a_pupil(session, the_new_school(session)), TODAY - timedelta(days=3))
    accepted(session, move)
    within = scope_of(row.school), SchoolTerm.parse(TERM), TODAY, CATALOGUE
    (line,) = session.execute(found(Asked(*within), Kind.DUPLICATE)).all()
    assert (row.paid_yuan, line.times, row.school.name) == (1000, 2, "示例县实验小学" if received else "邻县小学")


def test_one_child_and_one_history_for_the_family(session: Session) -> None:
    row = a_row(session)
    pupil = accepted(session, moved(session, row))
    assert enter_family(session, [pupil], TODAY) == (pupil.id,)
    page = child_page(session, pupil.id, CATALOGUE, TODAY)
    assert (page.ask.school, page.figure, len(page.items)) == ("邻县小学", "500", len(page.items))


@pytest.mark.parametrize(
    ("level", "days", "seen"),
    [
        (UnitLevel.COUNTY, 10, 0), (UnitLevel.COUNTY, 16, 1), (UnitLevel.CITY, 16, 0), (UnitLevel.CITY, 40, 1),
    ],
)  # fmt: skip
def test_what_nobody_accepts_is_seen_by_both_counties_and_then_by_the_city(
    session: Session, level: UnitLevel, days: int, seen: int
) -> None:
    row = a_row(session)
    moved(session, row)
    old, new = row.school.parent, the_new_school(session).parent
    units = [old, new] if level is UnitLevel.COUNTY else [old.parent]
    today = TODAY + timedelta(days=days)
    assert [count(session, scope_of(unit), DESKS["stuck"], level, today) for unit in units] == [seen] * len(units)


@pytest.mark.parametrize(
    ("level", "offices"), [(UnitLevel.COUNTY, "两边的县资助中心"), (UnitLevel.CITY, "县资助中心和市资助中心")]
)
def test_a_transfer_that_is_late_waits_at_the_offices_above_both_schools(
    session: Session, level: UnitLevel, offices: str
) -> None:
    row = a_row(session)
    new = the_new_school(session)
    new.parent = new.parent if level is UnitLevel.COUNTY else row.school.parent.parent
    move = moved(session, row)
    assert line_of(move, TODAY + timedelta(days=16)).waits_at == offices


def test_sent_back_it_is_the_old_schools_again(session: Session) -> None:
    row = a_row(session)
    move = moved(session, row)
    new = officer(session, the_new_school(session))
    with pytest.raises(MoveRefused, match="一句话"):
        moving.finish(session, move, MoveEnd.SENT_BACK, new, A_MONDAY)
    moving.finish(session, move, MoveEnd.SENT_BACK, new, A_MONDAY, "没有来报到")
    assert (row.school.name, row.next_step) == ("示例县实验小学", "转入学校退回：核实孩子在哪里上学")


def refused(session: Session, move: Move) -> None:
    moving.finish(session, move, MoveEnd.SENT_BACK, officer(session, the_new_school(session)), A_MONDAY, "没有这名学生")


@pytest.mark.parametrize("by", ["family", "school"])
@pytest.mark.parametrize("state", ["matched", "reached", "approved", "paid"])
def test_what_was_sent_back_waits_on_the_old_schools_desk_until_it_is_known_where_the_child_is(
    session: Session, state: str, by: str
) -> None:
    row = a_row(session)
    row.state = EntitlementState(state)
    refused(session, moved(session, row))
    at = scope_of(row.school), DESKS["sent_back"], UnitLevel.SCHOOL, TODAY
    assert (count(session, *at), row.next_step) == (1, NOT_THERE.words)
    if by == "family":
        progress.note_answered(session, row.pupil_id, TERM, True, True, by, A_MONDAY)
    else:
        progress.note_verified(session, row.pupil_id, TERM, officer(session, row.school).actor, A_MONDAY)
    assert (count(session, *at), row.next_step) == (0, STEPS[row.state, row.claim_mode].words)


def test_of_several_refusals_the_last_waits_and_none_once_the_child_is_on_its_way_again(session: Session) -> None:
    row = a_row(session)
    at = scope_of(row.school), DESKS["sent_back"], UnitLevel.SCHOOL, TODAY
    for minute in range(2):
        move = moved(session, row)
        move.recorded_at = A_MONDAY + timedelta(minutes=minute)
        refused(session, move)
    assert [line.id for line in lines(session, *at, 0, 50)] == [move.id]
    moved(session, row).recorded_at = A_MONDAY + timedelta(minutes=2)
    session.flush()
    assert count(session, *at) == 0


def test_an_unknown_new_school_is_the_countys_to_find_out(session: Session) -> None:
    row = a_row(session)
    move = moved(session, row, school="")
    assert (row.owner_level, row.next_step) == (UnitLevel.COUNTY, "转出待接收：查明转入学校")
    moving.name_school(
        session, move, "邻县小学", a_staff_member(session, "cnty", Role.COUNTY_OFFICER, row.school.parent), A_MONDAY
    )
    assert (row.owner_level, row.next_step) == (UnitLevel.SCHOOL, "转出待接收：由转入学校接收")


def test_dropping_out_at_compulsory_age_is_the_countys_the_same_day_and_not_reminded(session: Session) -> None:
    row = a_row(session)
    move = moved(session, row, MoveKind.DROP_OUT, "")
    assert (move.compulsory, row.reason, row.owner_level, row.next_step_due) == (True, "R04", UnitLevel.COUNTY, TODAY)
    assert session.scalars(waiting(SchoolTerm.parse(TERM))).all() == []
    county = scope_of(row.school.parent)
    assert count(session, county, DESKS["dropped"], UnitLevel.COUNTY, TODAY) == 1
    moving.finish(session, move, MoveEnd.RETURNED, officer(session, row.school.parent, Role.COUNTY_OFFICER), A_MONDAY)
    assert (row.reason, row.next_step) == ("R16", "核实是否在校、是否需要资助")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(MoveKind.SUSPENSION, "R02"), (MoveKind.GRADUATION, "R03"), (MoveKind.DEATH, "R06")],
)
def test_what_the_school_records_the_county_agrees_to_and_a_mistake_is_taken_back(
    session: Session, kind: MoveKind, reason: str
) -> None:
    row = a_row(session)
    move = moved(session, row, kind, "")
    assert (row.reason, row.closed_on, row.owner_level) == (reason, None, UnitLevel.COUNTY)
    assert session.scalars(waiting(SchoolTerm.parse(TERM))).all() == []
    county = officer(session, row.school.parent, Role.COUNTY_OFFICER)
    give_reason(session, row, reason, "", county, A_MONDAY)
    assert row.closed_on == TODAY
    moving.finish(session, move, MoveEnd.TAKEN_BACK, county, A_MONDAY)
    assert (row.closed_on, row.next_step) == (None, "核实是否在校、是否需要资助")
    assert session.scalars(waiting(SchoolTerm.parse(TERM))).all() == [row.pupil_id]


def test_a_death_is_told_by_nothing_and_asks_nothing(session: Session) -> None:
    row = a_row(session)
    moved(session, row, MoveKind.DEATH, "")
    page = child_page(session, row.pupil_id, CATALOGUE, TODAY)
    assert (page.headline, page.figure, page.items, page.questions_open) == ("这里的办理已经停止", "", (), False)
    brother = a_pupil(session, name="王小川", id_number="329901201809170039")
    assert enter_family(session, [brother], TODAY) == (brother.id,)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Event(MoveKind.TRANSFER, TODAY + timedelta(days=1)), "不能晚于今天"),
        (Event(MoveKind.TRANSFER, TODAY, "没有的学校"), "没有查到"),
        (Event(MoveKind.TRANSFER, TODAY, "3299010001"), "就是现在的学校"),
    ],
)
def test_what_does_not_fit_is_said(session: Session, event: Event, why: str) -> None:
    row = a_row(session)
    with pytest.raises(MoveRefused, match=why):
        moving.record(session, row.pupil, event, officer(session, row.school), A_MONDAY)


def test_what_was_flagged_of_the_child_is_the_new_schools_to_settle_and_once(session: Session) -> None:
    row, words = a_row(session), "父亲重病，家里没有收入"
    theirs = officer(session, row.school, Role.COUNTY_OFFICER)
    further_aid.flag(session, row.pupil, words, theirs, A_MONDAY)
    further_aid.flag(session, a_pupil(session, the_new_school(session)), words, theirs, A_MONDAY)
    move = moving.record(session, row.pupil, Event(MoveKind.TRANSFER, TODAY, "3299020001"), theirs, A_MONDAY)
    pupil = accepted(session, move)
    (flag,) = session.scalars(select(FurtherAid).where(FurtherAid.settled_at.is_(None)))
    assert (flag.pupil_id, flag.school_id) == (pupil.id, pupil.school_id)


def test_the_next_school_reads_to_which_level_the_child_was_determined(session: Session) -> None:
    row, term = a_row(session), SchoolTerm.parse(TERM)
    said = determinations.Said(Determination.SERIOUS, TODAY)
    determinations.record(session, row.pupil, term, said, officer(session, row.school), A_MONDAY)
    move = moving.record(
        session, row.pupil, Event(MoveKind.TRANSFER, TODAY, the_new_school(session).code),
        session.scalars(select(StaffMember)).one(), A_MONDAY,
    )  # fmt: skip
    pupil = accepted(session, move)
    set_reach(session, reach_units(the_new_school(session).path))
    session.expire_all()
    standing = determinations.standing_of(session, pupil.id, term.school_year)
    assert standing is not None
    assert standing.level == Determination.SERIOUS
