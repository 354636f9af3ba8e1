"""Sign-ins end when they must, at once and for every worker."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.access import accounts, sign_ins, slips
from portal.access.accounts import WrongCredentials
from portal.access.tries import LIMITS, Asker, TooManyTries, count_try
from portal.models import AuditEntry
from portal.vocabulary import Role, UnitLevel
from tests.builders import A_MONDAY, PASSWORD, a_county, a_pupil, a_staff_member, a_unit

MINUTE = timedelta(minutes=1)
A_PHONE = Asker("127.0.0.1", "a phone")


def test_a_sign_in_is_recognised_by_its_cookie_and_by_nothing_else(session: Session) -> None:
    token = sign_ins.begin_for_staff(session, a_staff_member(session), A_MONDAY)
    session.flush()
    assert sign_ins.recognise(session, token, A_MONDAY) is not None
    assert sign_ins.recognise(session, token + "x", A_MONDAY) is None


@pytest.mark.parametrize(("clicks", "stands"), [([14, 28, 42], True), ([16], False), (range(14, 495, 14), False)])
def test_staff_stay_signed_in_for_15_idle_minutes_and_8_hours(
    session: Session, clicks: Iterable[int], stands: bool
) -> None:
    token = sign_ins.begin_for_staff(session, a_staff_member(session), A_MONDAY)
    session.flush()
    seen = [sign_ins.recognise(session, token, A_MONDAY + minutes * MINUTE) for minutes in clicks]
    assert (seen[-1] is not None) is stands


def test_a_change_of_role_ends_every_sign_in_at_once(session: Session) -> None:
    staff = a_staff_member(session)
    tokens = [sign_ins.begin_for_staff(session, staff, A_MONDAY) for _ in range(2)]
    session.flush()
    accounts.change_role(session, staff, Role.COUNTY_OFFICER, a_county(session), "staff:keeper", A_MONDAY)
    assert [sign_ins.recognise(session, token, A_MONDAY) for token in tokens] == [None, None]


def test_the_right_password_signs_in_and_leaves_an_audit_entry(session: Session) -> None:
    a_staff_member(session, "sch1")
    assert accounts.check_password(session, "sch1", PASSWORD, "127.0.0.1", A_MONDAY).account == "sch1"
    session.flush()
    assert [(e.actor, e.action) for e in session.query(AuditEntry)] == [("staff:sch1", "signed_in")]


@pytest.mark.parametrize(("account", "password"), [("sch1", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD)])
def test_wrong_unknown_and_closed_are_refused_alike(session: Session, account: str, password: str) -> None:
    a_staff_member(session, "sch1")
    a_staff_member(session, "closed").active = False
    with pytest.raises(WrongCredentials):
        accounts.check_password(session, account, password, "127.0.0.1", A_MONDAY)


def test_the_sixth_wrong_password_waits_even_if_it_is_right(session: Session) -> None:
    a_staff_member(session, "sch1")
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            accounts.check_password(session, "sch1", "wrong", "127.0.0.1", A_MONDAY)
    with pytest.raises(TooManyTries):
        accounts.check_password(session, "sch1", PASSWORD, "127.0.0.1", A_MONDAY)


def test_an_account_belongs_to_a_unit_of_its_level(session: Session) -> None:
    with pytest.raises(accounts.AccountProblem, match="不能设在县级单位"):
        accounts.make_account(session, "x", "某", Role.SCHOOL_OFFICER, a_county(session), PASSWORD, A_MONDAY)


def test_tries_count_again_when_the_window_is_over(session: Session) -> None:
    limit = LIMITS["reveal"]
    for _ in range(limit.most):
        count_try(session, "reveal", "sch1", A_MONDAY)
    with pytest.raises(TooManyTries):
        count_try(session, "reveal", "sch1", A_MONDAY)
    count_try(session, "reveal", "sch1", A_MONDAY + limit.within + MINUTE)


def test_every_pupil_gets_one_slip_and_keeps_it(session: Session) -> None:
    pupils = [a_pupil(session), a_pupil(session, name="周晓", id_number="32990120130206005X")]
    first = slips.issue_slips(session, pupils, A_MONDAY)
    session.flush()
    again = slips.issue_slips(session, pupils, A_MONDAY)
    assert {slip.code for slip in first.values()} == {slip.code for slip in again.values()}
    assert all(len(slip.code) == slips.DIGITS for slip in first.values())


def test_a_code_that_somebody_has_is_drawn_anew(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter((5, 5, 5, 7))
    monkeypatch.setattr(slips, "randbelow", lambda _: next(drawn))
    pupils = [a_pupil(session), a_pupil(session, name="周晓", id_number="32990120130206005X")]
    codes = [slip.code for slip in slips.issue_slips(session, pupils, A_MONDAY).values()]
    assert sorted(codes) == ["1000000005", "1000000007"]


def test_a_slip_and_the_birth_date_open_the_childs_page(session: Session) -> None:
    child = a_pupil(session)
    code = slips.issue_slips(session, [child], A_MONDAY)[child.id].code
    session.flush()
    found = slips.find_pupil(session, f" {slips.spaced(code)} ", child.birth_date, A_PHONE, A_MONDAY)
    assert found.id == child.id


@pytest.mark.parametrize("wrong", ["code", "date"])
def test_a_wrong_slip_and_a_wrong_date_are_told_alike(session: Session, wrong: str) -> None:
    child = a_pupil(session)
    code = slips.issue_slips(session, [child], A_MONDAY)[child.id].code
    session.flush()
    code, day = ("1234567890", child.birth_date) if wrong == "code" else (code, child.birth_date + timedelta(days=1))
    with pytest.raises(slips.NotFound):
        slips.find_pupil(session, code, day, A_PHONE, A_MONDAY)


def test_a_province_is_no_place_for_a_bureau_officer(session: Session) -> None:
    province = a_unit(session, "32", UnitLevel.PROVINCE)
    with pytest.raises(accounts.AccountProblem):
        accounts.make_account(session, "mz", "某", Role.BUREAU_OFFICER, province, PASSWORD, A_MONDAY)
