from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.clock import SchoolTerm
from portal.coverage.ledger import Opened, entitlements, open_rows
from portal.coverage.steps import STEPS, pay_by
from portal.coverage.totals import totals
from portal.models import EnrolmentRecord, Entitlement, EntitlementChange, MatchPair
from portal.policies.circumstances import Circumstances
from portal.vocabulary import Basis, ClaimMode, Decision, EntitlementState, SchoolOwnership, Stage, UnitLevel
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, a_unit, an_entry
from tests.coverage.builders import CATALOGUE, a_match, a_row, a_run, opened

DAY = date(2026, 9, 1)


def test_a_certain_match_opens_the_living_allowance_with_everything_an_open_row_owes(session: Session) -> None:
    row = a_row(session)
    assert (row.policy, row.term, row.state, row.claim_mode) == ("CMP-LIVE", TERM, "matched", ClaimMode.AUTO)
    assert (row.due_yuan, row.paid_yuan, row.closed_on) == (Decimal(500), 0, None)
    assert (row.reason, row.owner_level, row.next_step) == ("R16", UnitLevel.SCHOOL, "核实是否在校、是否需要资助")
    assert row.next_step_due == date(2026, 9, 20)
    assert row.because == "您家在示例县民政局2026年8月低保名单里"


def test_the_category_stands_nowhere_in_clear(session: Session) -> None:
    row = a_row(session)
    plain = session.execute(text("SELECT e::text || c::text FROM entitlement e, entitlement_change c")).scalar_one()
    assert "DIBAO" not in plain
    assert "低保" not in plain
    assert row.changes[0].what == "比对确认，开立台账"


def test_running_it_again_changes_nothing(session: Session) -> None:
    a_row(session)
    assert opened(session) == Opened(pupils=1, rows=0, kept=1, instead=0)
    assert session.scalar(select(func.count()).select_from(EntitlementChange)) == 1


def test_a_row_stays_when_its_match_falls(session: Session) -> None:
    row = a_row(session)
    session.execute(update(MatchPair).values(superseded_at=A_MONDAY))
    assert opened(session).pupils == 0
    session.refresh(row)
    assert (row.state, row.closed_on) == (EntitlementState.MATCHED, None)


@pytest.mark.parametrize(
    ("decision", "basis"),
    [
        (Decision.POSSIBLE, Basis.SELF),
        (Decision.HOUSEHOLD, Basis.GUARDIAN),
        (Decision.HOUSEHOLD_POSSIBLE, Basis.GUARDIAN),
    ],
)
def test_anything_weaker_than_certain_opens_nothing(session: Session, decision: Decision, basis: Basis) -> None:
    a_match(session, a_pupil(session), decision=decision, basis=basis)
    assert opened(session) == Opened(0, 0, 0, 0)


def test_another_counties_pupils_get_no_row_from_this_run(session: Session) -> None:
    a_match(session, a_pupil(session))
    other = a_county(session, "329902", "邻县")
    assert a_run(session, other).unit_id != a_county(session).id
    assert open_rows(session, a_run(session, other), CATALOGUE, A_MONDAY).pupils == 0


def test_two_lists_make_one_row_that_names_both(session: Session) -> None:
    pupil = a_pupil(session)
    a_match(session, pupil)
    bureau = a_unit(session, "329901-CL", UnitLevel.BUREAU, a_county(session), name="示例县残联")
    a_match(session, pupil, an_entry(session, category="DIS", bureau=bureau))
    assert opened(session).rows == 1
    because = session.scalars(select(Entitlement)).one().because
    assert because == "孩子在示例县残联2026年8月名单里；您家在示例县民政局2026年8月低保名单里"


def test_a_college_of_the_city_is_the_citys_business(session: Session) -> None:
    a_county(session)
    city = a_unit(session, "3299", UnitLevel.CITY)
    college = a_unit(session, "3299000001", UnitLevel.SCHOOL, city, name="示例市高等职业学院", stages=["college"])
    student = a_pupil(
        session, college, "李𬱖", "329901200702140054", stage=Stage.COLLEGE, grade="二年级", grade_number=2
    )
    a_match(session, student, an_entry(session, "李𬱖", "329901200702140054", "ORPHAN"))
    assert open_rows(session, a_run(session, city), CATALOGUE, A_MONDAY).rows == 1
    row = session.scalars(select(Entitlement)).one()
    assert (row.policy, row.claim_mode, row.reason) == ("UG-NG", ClaimMode.APPLY, "R09")
    assert row.because == "孩子在示例县民政局2026年8月名单里"


def test_a_pupil_who_left_gets_no_row(session: Session) -> None:
    a_match(session, a_pupil(session))
    session.execute(update(EnrolmentRecord).values(left_on=date(2026, 9, 2)))
    assert opened(session).pupils == 0


def test_of_two_grants_that_stand_for_each_other_the_standing_one_stays(session: Session) -> None:
    a_row(session)
    session.execute(update(EnrolmentRecord).values(boarding="boarding"))
    session.expire_all()
    assert opened(session) == Opened(pupils=1, rows=0, kept=0, instead=1)


def test_what_the_school_before_gave_stands_at_the_next_one(session: Session) -> None:
    a_row(session)
    other = a_school(session, code="3299010002")
    session.execute(update(EnrolmentRecord).values(school_id=other.id, boarding="boarding"))
    session.execute(update(MatchPair).values(school_id=other.id))
    session.expire_all()
    at_the_next = open_rows(session, a_run(session, other), CATALOGUE, A_MONDAY)
    assert at_the_next == Opened(pupils=1, rows=0, kept=0, instead=1)


def test_what_everybody_is_spared_is_no_row_and_what_the_list_spares_is_one() -> None:
    primary = Circumstances(
        stage=Stage.PRIMARY, grade=4, boarding=False, categories=frozenset({"DIBAO"}), county="329901"
    )
    senior = Circumstances(stage=Stage.SENIOR, grade=1, categories=frozenset({"DIS"}), county="329901")
    assert [finding.policy for finding in entitlements(CATALOGUE, primary, DAY)] == ["CMP-LIVE"]
    assert [finding.policy for finding in entitlements(CATALOGUE, senior, DAY)] == ["HIGH-FREE", "HIGH-GRANT"]


def test_a_waiver_that_rests_on_the_list_has_a_row_without_yuan(session: Session) -> None:
    school = a_school(session, code="3299010002", name="示例县第一中学")
    pupil = a_pupil(session, school, "阿依古丽·买买提", "329901200906200047", stage=Stage.SENIOR, grade_number=1)
    a_match(session, pupil, an_entry(session, "阿依古丽•买买提", "329901200906200047", "DIS"))
    assert opened(session).rows == 2
    rows = {row.policy: row for row in session.scalars(select(Entitlement))}
    assert rows["HIGH-FREE"].due_yuan is None
    assert rows["HIGH-GRANT"].due_yuan == 1150


@pytest.mark.parametrize(
    ("ownership", "inclusive", "policies"),
    [
        (SchoolOwnership.PUBLIC, None, {"PRE-GRANT"}),
        (SchoolOwnership.PRIVATE, True, {"PRE-GRANT"}),
        (SchoolOwnership.PRIVATE, False, set()),
        (None, None, set()),
    ],
)
def test_a_listed_child_has_the_grant_at_a_public_or_inclusive_kindergarten(
    session: Session, ownership: SchoolOwnership | None, inclusive: bool | None, policies: set[str]
) -> None:
    kindergarten = a_school(session, code="3299010009", name="示例县中心幼儿园")
    kindergarten.ownership, kindergarten.inclusive = ownership, inclusive
    child = a_pupil(session, kindergarten, stage=Stage.PRESCHOOL, grade="中班", grade_number=2)
    a_match(session, child)
    opened(session)
    assert set(session.scalars(select(Entitlement.policy))) == policies


def test_the_database_refuses_an_open_row_without_next_step(session: Session) -> None:
    row = a_row(session)
    with pytest.raises(IntegrityError, match="open_has_next_step"):
        session.execute(update(Entitlement).where(Entitlement.id == row.id).values(next_step=""))


def test_every_state_but_the_last_has_a_step_for_every_claim_mode() -> None:
    open_states = [state for state in EntitlementState if state is not EntitlementState.RECEIVED]
    assert set(STEPS) == {(state, mode) for state in open_states for mode in ClaimMode}
    assert all(step.words and step.days > 0 and step.reason for step in STEPS.values())


def test_the_promised_day_is_the_terms_or_five_weeks_after_a_late_opening() -> None:
    autumn = SchoolTerm.parse(TERM)
    assert pay_by(autumn, A_MONDAY) == date(2026, 10, 15)
    assert pay_by(autumn, A_MONDAY.replace(month=11)) == date(2026, 12, 11)


def test_totals_of_county_and_school_agree(session: Session) -> None:
    row = a_row(session)
    county = totals(session, scope_of(a_county(session)), TERM, DAY)
    assert county == totals(session, scope_of(row.school), TERM, DAY)
    assert county.as_json() == {
        "rows": 1,
        "by_state": {"matched": 1},
        "open_without_next_step": 0,
        "gap_yuan": 500,
    }


def test_a_neighbours_totals_are_empty(session: Session) -> None:
    a_row(session)
    neighbour = scope_of(a_county(session, "329902", "邻县"))
    assert totals(session, neighbour, TERM, DAY).rows == 0


A_CHILD = st.tuples(
    st.sampled_from([(Stage.PRIMARY, 6), (Stage.JUNIOR, 3), (Stage.SENIOR, 3), (Stage.VOCATIONAL, 3)]),
    st.lists(st.sampled_from(sorted(CATALOGUE.categories)), min_size=1, max_size=3, unique=True),
    st.sampled_from(["boarding", "day", None]),
)


# every example is rolled back to where it began, so the fixture may be shared
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(children=st.lists(A_CHILD, min_size=1, max_size=6), runs=st.integers(2, 3))
def test_whoever_is_matched_and_however_often_it_runs_no_row_doubles_or_lacks_a_step(
    session: Session, children: list[tuple[tuple[Stage, int], list[str], str | None]], runs: int
) -> None:
    with session.begin_nested() as savepoint:
        for number, ((stage, years), categories, boarding) in enumerate(children):
            pupil = a_pupil(session, name=f"学生{number}", id_number=None, stage=stage, grade_number=years)
            session.execute(
                update(EnrolmentRecord).where(EnrolmentRecord.pupil_id == pupil.id).values(boarding=boarding)
            )
            for category in categories:
                a_match(session, pupil, an_entry(session, category=category))
        first = opened(session)
        assert [opened(session).rows for _ in range(runs)] == [0] * runs
        found = totals(session, scope_of(a_county(session)), TERM, DAY)
        assert (found.rows, found.open_without_next_step) == (first.rows, 0)
        savepoint.rollback()
