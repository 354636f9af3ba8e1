from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage import progress
from portal.coverage.totals import totals
from portal.database import reach_pupils, set_reach
from portal.models import AuditEntry, ContactRecord, Entitlement
from portal.vocabulary import EntitlementState, UnitLevel
from tests.builders import A_MONDAY, TERM
from tests.coverage.builders import a_row, states

NEXT_DAY = A_MONDAY + timedelta(days=1)


def answered(session: Session, row: Entitlement, in_school: bool = True, wants_aid: bool = True) -> None:
    progress.note_answered(session, row.pupil_id, TERM, in_school, wants_aid, "family", NEXT_DAY)


def paid(session: Session, yuan: int = 500) -> Entitlement:
    row = a_row(session)
    progress.note_paid(session, row, Decimal(yuan), "staff:cnty", NEXT_DAY)
    return row


def gap(session: Session, row: Entitlement) -> Decimal:
    return totals(session, scope_of(row.school), TERM, date(2026, 9, 8)).gap_yuan


def test_two_times_yes_goes_by_verified_to_reached(session: Session) -> None:
    row = a_row(session)
    answered(session, row)
    assert sorted(states(session, row)) == ["matched", "reached", "verified"]
    assert (row.state, row.next_step, row.next_step_due) == ("reached", "报送发放名单", date(2026, 9, 15))


def test_saying_yes_twice_is_saying_it_once(session: Session) -> None:
    row = a_row(session)
    answered(session, row)
    answered(session, row)
    assert len(states(session, row)) == 3


def test_not_needed_closes_nothing_and_a_later_yes_takes_it_back(session: Session) -> None:
    row = a_row(session)
    answered(session, row, wants_aid=False)
    assert (row.state, row.closed_on, row.owner_level) == ("matched", None, UnitLevel.SCHOOL)
    assert row.next_step == "家长说暂不需要：7天后再问一次"
    answered(session, row)
    assert (row.state, row.next_step) == ("reached", "报送发放名单")


def test_not_in_school_asks_the_school_to_look(session: Session) -> None:
    row = a_row(session)
    answered(session, row, in_school=False)
    assert (row.state, row.closed_on, row.next_step) == ("matched", None, "家长说孩子不在这所学校：核实去向")


def test_no_after_yes_and_yes_again_ends_where_it_was(session: Session) -> None:
    row = a_row(session)
    answered(session, row)
    answered(session, row, wants_aid=False)
    assert (row.state, row.next_step) == ("reached", "家长说暂不需要：7天后再问一次")
    answered(session, row)
    assert row.next_step == "报送发放名单"


def test_a_visit_is_kept_once_a_day_and_verifies_nothing(session: Session) -> None:
    row = a_row(session)
    for hours in (0, 1, 24):
        progress.note_visit(session, row.pupil, TERM, A_MONDAY + timedelta(hours=hours))
        session.flush()
    assert session.scalar(select(func.count()).select_from(ContactRecord)) == 2
    assert row.state is EntitlementState.MATCHED


def test_a_visit_after_the_school_verified_means_reached(session: Session) -> None:
    row = a_row(session)
    progress.note_verified(session, row.pupil_id, TERM, "staff:sch1", A_MONDAY)
    assert row.state is EntitlementState.VERIFIED
    progress.note_visit(session, row.pupil, TERM, NEXT_DAY)
    assert row.state is EntitlementState.REACHED


def test_the_full_sum_closes_the_gap_and_received_closes_the_row(session: Session) -> None:
    row = paid(session)
    assert (row.state, row.next_step, gap(session, row)) == ("paid", "问家长是否收到", 0)
    progress.note_received(session, row, "family", NEXT_DAY)
    assert (row.state, row.closed_on, row.reason, gap(session, row)) == ("received", date(2026, 9, 8), None, 0)


def test_received_twice_is_one_change_and_one_audit_entry(session: Session) -> None:
    row = paid(session)
    progress.note_received(session, row, "family", NEXT_DAY)
    progress.note_received(session, row, "family", NEXT_DAY)
    session.flush()
    session.refresh(row)
    assert [change.what for change in row.changes].count("家长说收到了") == 1
    assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "received")) == 1


@pytest.mark.parametrize("received_before", [False, True])
def test_not_received_is_the_countys_within_two_working_days_and_back_in_the_gap(
    session: Session, received_before: bool
) -> None:
    row = paid(session)
    if received_before:
        progress.note_received(session, row, "family", NEXT_DAY)
    progress.note_not_received(session, row, "family", NEXT_DAY)
    assert (row.owner_level, row.next_step_due, row.closed_on) == (UnitLevel.COUNTY, date(2026, 9, 10), None)
    assert (progress.is_missing(row), gap(session, row)) == (True, 500)


def test_not_received_twice_does_not_start_the_clock_again(session: Session) -> None:
    row = paid(session)
    progress.note_not_received(session, row, "family", NEXT_DAY)
    progress.note_not_received(session, row, "family", NEXT_DAY + timedelta(days=3))
    assert row.next_step_due == date(2026, 9, 10)


def test_the_same_awards_again_do_not_settle_what_the_family_misses(session: Session) -> None:
    row = paid(session)
    progress.note_not_received(session, row, "family", NEXT_DAY)
    progress.note_paid(session, row, Decimal(500), "staff:cnty", NEXT_DAY)
    assert progress.is_missing(row)


def test_half_the_sum_leaves_the_row_with_the_county_even_when_received(session: Session) -> None:
    row = paid(session, 250)
    progress.note_received(session, row, "family", NEXT_DAY)
    assert (row.state, row.closed_on, row.owner_level, gap(session, row)) == ("paid", None, UnitLevel.COUNTY, 250)
    progress.note_paid(session, row, Decimal(500), "staff:cnty", NEXT_DAY)
    assert (row.next_step, gap(session, row)) == ("问家长是否收到", 0)


def test_what_no_file_says_was_paid_cannot_be_received_or_missed(session: Session) -> None:
    row = a_row(session)
    for say in (progress.note_received, progress.note_not_received):
        with pytest.raises(progress.NotPaidYet):
            say(session, row, "family", NEXT_DAY)


def test_a_familys_own_sign_in_reaches_far_enough_for_all_of_it(session: Session) -> None:
    row = paid(session)
    session.flush()
    set_reach(session, reach_pupils([row.pupil_id]))
    progress.note_visit(session, row.pupil, TERM, NEXT_DAY)
    answered(session, row)
    progress.note_not_received(session, row, "family", NEXT_DAY)
    session.flush()
    assert progress.is_missing(row)


def test_yes_after_the_money_came_changes_nothing(session: Session) -> None:
    row = paid(session)
    answered(session, row)
    answered(session, row, wants_aid=False)
    assert (row.state, row.next_step) == ("paid", "问家长是否收到")
