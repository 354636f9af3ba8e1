"""Whoever guesses waits; whoever works does not wait for him."""

from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import slips
from portal.access.accounts import AccountProblem, WrongCredentials, change_password, check_password
from portal.access.slips import NotFound, find_pupil
from portal.access.tries import LIMITS, Asker, TooManyTries, count_try, network_of
from portal.models import AuditEntry, Pupil, TryCount
from tests.builders import A_MONDAY, PASSWORD, a_pupil, a_staff_member

HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
AT_HOME = Asker(HERE, "a phone")


def guess(session: Session, times: int, source: str = ELSEWHERE) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            check_password(session, "sch1", "wrong", source, A_MONDAY)


def a_code(session: Session, child: Pupil) -> str:
    slip = slips.issue_slips(session, [child], A_MONDAY)[child.id]
    session.flush()
    return slip.code or ""


def test_a_stranger_who_guesses_locks_himself_out_and_not_his_victim(session: Session) -> None:
    a_staff_member(session, "sch1")
    guess(session, 5)
    with pytest.raises(TooManyTries):
        check_password(session, "sch1", PASSWORD, ELSEWHERE, A_MONDAY)
    assert check_password(session, "sch1", PASSWORD, HERE, A_MONDAY).account == "sch1"


def test_strangers_at_many_addresses_guess_fifty_times_and_no_more(session: Session) -> None:
    a_staff_member(session, "sch1")
    for number in range(10):
        guess(session, 5, f"203.0.113.{number}")
    with pytest.raises(TooManyTries):
        check_password(session, "sch1", PASSWORD, HERE, A_MONDAY)


def test_an_office_behind_one_address_signs_in_as_often_as_it_likes(session: Session) -> None:
    a_staff_member(session, "sch1")
    for _ in range(LIMITS["staff sign-in by source"].most + 5):
        check_password(session, "sch1", PASSWORD, HERE, A_MONDAY)


def test_a_slip_of_ones_own_does_not_wash_away_guesses_at_others(session: Session) -> None:
    child = a_pupil(session)
    code = a_code(session, child)
    for number in range(4):
        with pytest.raises(NotFound):
            find_pupil(session, f"123456789{number}", child.birth_date, AT_HOME, A_MONDAY)
    find_pupil(session, code, child.birth_date, AT_HOME, A_MONDAY)
    with pytest.raises(NotFound):
        find_pupil(session, "1234567894", child.birth_date, AT_HOME, A_MONDAY)
    with pytest.raises(TooManyTries):
        find_pupil(session, "1234567895", child.birth_date, AT_HOME, A_MONDAY)


def test_neighbours_behind_one_address_do_not_wait_for_each_other(session: Session) -> None:
    child = a_pupil(session)
    code = a_code(session, child)
    for number in range(10):
        with pytest.raises(NotFound):
            find_pupil(session, f"{number}23456789{number}", child.birth_date, Asker(HERE, f"{number // 5}"), A_MONDAY)
    with pytest.raises(TooManyTries):
        find_pupil(session, code, child.birth_date, Asker(HERE, "1"), A_MONDAY)
    assert find_pupil(session, code, child.birth_date, Asker(HERE, "mother"), A_MONDAY).id == child.id


def test_whoever_throws_his_browser_away_meets_the_limit_of_the_address(session: Session) -> None:
    child = a_pupil(session)
    for _ in range(LIMITS["family sign-in by source"].most):
        count_try(session, "family sign-in by source", HERE, A_MONDAY)
    with pytest.raises(TooManyTries):
        find_pupil(session, a_code(session, child), child.birth_date, Asker(HERE, "new"), A_MONDAY)


def test_the_old_password_is_not_to_be_guessed_by_whoever_finds_the_desk_open(session: Session) -> None:
    staff = a_staff_member(session, "sch1")
    for _ in range(5):
        with pytest.raises(AccountProblem, match="原密码不对"):
            change_password(session, staff, "wrong", "three-quiet-otters", A_MONDAY)
    with pytest.raises(TooManyTries):
        change_password(session, staff, PASSWORD, "three-quiet-otters", A_MONDAY)


def test_a_failed_sign_in_names_the_account_where_there_is_one_and_never_what_was_typed(session: Session) -> None:
    staff = a_staff_member(session, "sch1")
    guess(session, 1)
    with pytest.raises(WrongCredentials):
        check_password(session, "my-secret-by-mistake", "x", HERE, A_MONDAY)
    session.flush()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.unit_id, e.detail["account"]) for e in entries] == [(staff.unit_id, "sch1"), (None, "")]


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_all_addresses_of_a_household_count_as_one(source: str, network: str) -> None:
    assert network_of(source) == network


def test_what_was_tried_cannot_be_worked_out_from_the_counters(session: Session) -> None:
    count_try(session, "family sign-in by slip", "1234567890", A_MONDAY)
    (row,) = session.scalars(select(TryCount))
    assert row.key != sha256(b"family sign-in by slip|1234567890").digest()
