"""Ledgers drawn at random over the schools of a city, for whatever has to hold in each."""

from collections.abc import Callable
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from portal.models import Entitlement, Pupil, Unit
from portal.vocabulary import ClaimMode, EntitlementState, UnitLevel
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school

TODAY = A_MONDAY.date()
POLICIES = ("CMP-LIVE", "HIGH-GRANT", "VOC-GRANT")
PUPILS, SCHOOLS = 7, 5


def units(session: Session) -> tuple[list[Unit], list[Unit]]:
    """Five schools, one of them the city's own, and all that stands above them."""
    near, far, third = a_county(session), a_county(session, "329902", "邻县"), a_county(session, "329903", "第三县")
    city = near.parent
    schools = [
        a_school(session, near, "3299010001"), a_school(session, near, "3299010002"),
        a_school(session, far, "3299020001"), a_school(session, city, "3299000001"),
        a_school(session, third, "3299030001"),
    ]  # fmt: skip
    return schools, [near, far, third, city, city.parent]


ROWS = some.lists(
    some.tuples(
        some.integers(0, PUPILS - 1), some.sampled_from(POLICIES), some.integers(0, SCHOOLS - 1),
        some.sampled_from(EntitlementState), some.sampled_from([None, 0, 500, 625]), some.sampled_from([0, 300, 500]),
        some.booleans(), some.booleans(),
    ),
    max_size=24, unique_by=lambda row: row[:2],
)  # fmt: skip


def a_ledger(session: Session, pupils: list[Pupil], schools: list[Unit], drawn: list[tuple]) -> None:
    for pupil, policy, school, state, due, paid, closed, taken_back in drawn:
        received = state is EntitlementState.RECEIVED
        retracted = taken_back and not received
        ended = closed or taken_back or received
        session.add(
            Entitlement(
                pupil_id=pupils[pupil].id, school_id=schools[school].id, policy=policy, term=TERM, state=state,
                claim_mode=ClaimMode.AUTO, due_yuan=due, paid_yuan=paid, version_from=date(2025, 9, 1), reason="R16",
                owner_level=UnitLevel.SCHOOL, next_step="核实", next_step_due=TODAY, opened_at=A_MONDAY,
                closed_on=TODAY if ended else None, retracted=retracted,
            )
        )  # fmt: skip
    session.flush()


def for_random_ledgers(session: Session, examples: int, holds: Callable[[list[Unit], list[Unit]], None]) -> None:
    """Each ledger is written over the same pupils and schools, and taken back."""
    schools, above = units(session)
    pupils = [a_pupil(session, schools[place % SCHOOLS], id_number=None) for place in range(PUPILS)]

    @settings(max_examples=examples, deadline=None, database=None)
    @given(ROWS)
    def check(drawn: list[tuple]) -> None:
        with session.begin_nested() as trial:
            a_ledger(session, pupils, schools, drawn)
            holds(schools, above)
            trial.rollback()

    check()
