"""地方标准: proposed by one, approved by another, over the files from then on, and never rewritten (N4-5)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.access.scope import enter, scope_of
from portal.database import reach_pupils, set_reach
from portal.enrolment.local_standards import (
    FILES,
    StandardRefused,
    approve,
    catalogue_of,
    check_again,
    compare,
    followed_by,
    propose,
    refuse,
    standards,
)
from portal.models import AuditEntry, PolicyOverlay, StaffMember, Unit
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import Finding, evaluate
from portal.policies.local_standard import Said, amounts_of, rungs
from portal.policies.policy import Money, Per
from portal.policies.staleness import stale
from portal.vocabulary import ClaimMode, OverlayState, Role, Stage
from tests.builders import A_MONDAY, a_county, a_proposal, a_school, a_staff_member, primary_amounts


@pytest.fixture
def county(session: Session) -> Unit:
    """One for which the files say nothing."""
    return a_county(session, "329955", "第五县")


@pytest.fixture
def first(session: Session, county: Unit) -> StaffMember:
    return a_staff_member(session, "first", Role.COUNTY_OFFICER, county)


@pytest.fixture
def second(session: Session, county: Unit) -> StaffMember:
    return a_staff_member(session, "second", Role.COUNTY_OFFICER, county)


def living(session: Session, day: date = date(2026, 9, 7), county: str = "329955") -> Finding:
    pupil = Circumstances(stage=Stage.PRIMARY, boarding=False, categories=frozenset({"ORPHAN"}), county=county)
    return next(one for one in evaluate(catalogue_of(session), pupil, day) if one.policy == "CMP-LIVE")


def test_it_counts_only_once_a_second_person_approved(
    session: Session, county: Unit, first: StaffMember, second: StaffMember
) -> None:
    overlay = propose(session, county, a_proposal(), first, A_MONDAY)
    assert living(session).layer == "江苏省"
    approve(session, overlay, "", second, A_MONDAY)
    finding = living(session)
    assert (finding.amount, finding.source) == (Money(None, None, 1100, Per.YEAR), a_proposal().source)
    assert finding.because[-1] == "第五县教育局标准1100元/年，省平均标准1000元/年"


def test_the_day_before_and_the_next_county_are_left_alone(
    session: Session, county: Unit, first: StaffMember, second: StaffMember
) -> None:
    approve(session, propose(session, county, a_proposal(), first, A_MONDAY), "", second, A_MONDAY)
    assert living(session, date(2026, 8, 31)).layer == "江苏省"
    assert living(session, county="329956").layer == "江苏省"


def test_nobody_approves_what_they_proposed(session: Session, county: Unit, first: StaffMember) -> None:
    overlay = propose(session, county, a_proposal(), first, A_MONDAY)
    with pytest.raises(StandardRefused, match="另一个人"):
        approve(session, overlay, "", first, A_MONDAY)


def test_the_city_approves_for_its_county_but_a_school_cannot(
    session: Session, county: Unit, first: StaffMember
) -> None:
    overlay = propose(session, county, a_proposal(), first, A_MONDAY)
    school = a_school(session, county, "3299550001")
    with pytest.raises(StandardRefused, match="上级"):
        approve(session, overlay, "", a_staff_member(session, "sch", Role.COUNTY_OFFICER, school), A_MONDAY)
    approve(session, overlay, "", a_staff_member(session, "city", Role.CITY_OFFICER, county.parent), A_MONDAY)
    assert overlay.state is OverlayState.APPROVED


def test_less_than_the_province_needs_its_ground(session: Session, county: Unit, first: StaffMember) -> None:
    with pytest.raises(StandardRefused, match="800元/年低于省里的1000元/年。请写明依据"):
        propose(session, county, a_proposal(amounts=primary_amounts(800)), first, A_MONDAY)
    because = primary_amounts(800, lower_because="第四条：分两档")
    shown = compare(session, county, a_proposal(amounts=because))
    assert [(each.rung.who, each.yuan) for each in shown.sums][1:2] == [("读小学", -200)]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"source": ""}, "缺少 source"),
        ({"checked_on": date(2026, 9, 8)}, "晚于今天"),
        ({"starts": date(2019, 9, 1)}, "没有省里的规定"),
        ({"amounts": ()}, "与现在执行的一样"),
        ({"policy": "CMP-LIFE"}, "没有这项政策"),
    ],
)
def test_what_may_not_stand_is_refused_in_a_sentence(
    session: Session, county: Unit, first: StaffMember, changed: dict[str, object], words: str
) -> None:
    with pytest.raises(StandardRefused, match=words):
        propose(session, county, a_proposal(**changed), first, A_MONDAY)


def test_the_claim_mode_alone_may_change(
    session: Session, county: Unit, first: StaffMember, second: StaffMember
) -> None:
    overlay = propose(session, county, a_proposal(amounts=(), claim_mode=ClaimMode.AUTO), first, A_MONDAY)
    approve(session, overlay, "", second, A_MONDAY)
    assert living(session).claim_mode is ClaimMode.AUTO


def test_one_of_the_same_day_supersedes_and_both_are_kept(
    session: Session, county: Unit, first: StaffMember, second: StaffMember
) -> None:
    earlier = propose(session, county, a_proposal(), first, A_MONDAY)
    approve(session, earlier, "", second, A_MONDAY)
    later = propose(session, county, a_proposal(amounts=primary_amounts(1300)), second, A_MONDAY)
    approve(session, later, "", first, A_MONDAY + timedelta(days=1))
    assert (earlier.state, later.state) == (OverlayState.SUPERSEDED, OverlayState.APPROVED)
    assert living(session).amount == Money(None, None, 1300, Per.YEAR)
    assert len(standards(session, scope_of(county), OverlayState.SUPERSEDED, 0, 9)) == 1


def test_what_is_refused_changes_nothing_and_may_be_proposed_anew(
    session: Session, county: Unit, first: StaffMember, second: StaffMember
) -> None:
    overlay = propose(session, county, a_proposal(), first, A_MONDAY)
    with pytest.raises(StandardRefused, match="在等批准"):
        propose(session, county, a_proposal(), second, A_MONDAY)
    with pytest.raises(StandardRefused, match="为什么不批准"):
        refuse(session, overlay, " ", second, A_MONDAY)
    refuse(session, overlay, "文号写错了", second, A_MONDAY)
    assert living(session).layer == "江苏省"
    assert propose(session, county, a_proposal(), first, A_MONDAY).state is OverlayState.PROPOSED


def test_a_rung_left_empty_keeps_the_provinces_amount(session: Session, county: Unit) -> None:
    steps = rungs(FILES, "CMP-LIVE", "329955", date(2026, 9, 7))
    rows = amounts_of(steps, [Said(), Said(1100), Said(), Said()])
    assert [row["typical"] for row in rows] == [1500, 1100, 2000, 1250]


@pytest.mark.parametrize("statement", [update(PolicyOverlay).values(clause="另一条"), delete(PolicyOverlay)])
def test_the_database_lets_nobody_rewrite_or_delete_it(
    session: Session, county: Unit, first: StaffMember, statement: object
) -> None:
    propose(session, county, a_proposal(), first, A_MONDAY)
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(statement)


def test_families_and_neighbours_read_what_is_approved_and_nothing_that_waits(
    session: Session, county: Unit, first: StaffMember, second: StaffMember
) -> None:
    approve(session, propose(session, county, a_proposal(), first, A_MONDAY), "", second, A_MONDAY)
    propose(session, county, a_proposal(starts=date(2027, 2, 1), claim_mode=ClaimMode.AUTO), first, A_MONDAY)
    session.flush()
    set_reach(session, reach_pupils([]))
    assert [each.state for each in session.scalars(select(PolicyOverlay))] == [OverlayState.APPROVED]
    enter(session, scope_of(a_county(session, "329956", "第六县")))
    assert [each.state for each in session.scalars(select(PolicyOverlay))] == [OverlayState.APPROVED]


def test_each_step_is_in_the_trail(session: Session, county: Unit, first: StaffMember, second: StaffMember) -> None:
    approve(session, propose(session, county, a_proposal(), first, A_MONDAY), "", second, A_MONDAY)
    trail = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(each.action, each.actor, each.detail["policy"]) for each in trail] == [
        ("standard_proposed", "staff:first", "CMP-LIVE"),
        ("standard_approved", "staff:second", "CMP-LIVE"),
    ]


def test_what_was_checked_again_and_approved_is_fresh_and_what_it_was_is_kept(
    session: Session, county: Unit, first: StaffMember, second: StaffMember
) -> None:
    overlay = propose(session, county, a_proposal(), first, A_MONDAY)
    approve(session, overlay, "", second, A_MONDAY)
    later = A_MONDAY + timedelta(days=200)
    approve(session, check_again(session, overlay, second, later), "", first, later)
    assert [each.what for each in stale(catalogue_of(session), later.date()) if each.layer == county.name] == []
    assert (overlay.state, overlay.checked_on) == (OverlayState.SUPERSEDED, date(2026, 9, 1))


@pytest.mark.parametrize(("days", "refused"), [(10, False), (40, True)])
def test_what_another_followed_is_not_checked_again_once_that_one_holds(
    session: Session, county: Unit, first: StaffMember, second: StaffMember, days: int, refused: bool
) -> None:
    overlay = propose(session, county, a_proposal(), first, A_MONDAY)
    approve(session, overlay, "", second, A_MONDAY)
    follower = propose(
        session, county, a_proposal(starts=A_MONDAY.date() + timedelta(days=30), note="分两次发"), first, A_MONDAY
    )
    approve(session, follower, "", second, A_MONDAY)
    day = A_MONDAY + timedelta(days=days)
    assert (followed_by(session, overlay, day.date()) is follower) is refused
    if refused:
        with pytest.raises(StandardRefused, match="另一份"):
            check_again(session, overlay, first, day)


@pytest.mark.parametrize(("days", "unit", "words"), [(0, "first", "今天已经核对过"), (3, "city", "自己核对")])
def test_only_the_place_itself_checks_again_and_once_a_day(
    session: Session, county: Unit, first: StaffMember, second: StaffMember, days: int, unit: str, words: str
) -> None:
    overlay = propose(session, county, a_proposal(checked_on=A_MONDAY.date()), first, A_MONDAY)
    approve(session, overlay, "", second, A_MONDAY)
    city = a_staff_member(session, "city", Role.CITY_OFFICER, county.parent)
    with pytest.raises(StandardRefused, match=words):
        check_again(session, overlay, city if unit == "city" else first, A_MONDAY + timedelta(days=days))
