"""小计: what is kept of a school is what its rows say, and no longer than they say it."""

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, func, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.scope import EVERYWHERE, scope_of
from portal.coverage import rolls
from portal.coverage.counted import By
from portal.coverage.distribution import FIGURES, distribution
from portal.coverage.tallies import Tally, by_school, keep, keep_uncounted, page_of, remember, together
from portal.coverage.tally_keeping import TALLIES
from portal.coverage.today import PUPILS
from portal.database import reach_units, set_reach
from portal.models import ContactRecord, EnrolmentRecord, Guardian, SchoolChange, SchoolTally, StaffMember, Unit
from portal.vocabulary import Role
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, a_staff_member, an_intake
from tests.coverage.builders import a_match, a_row, opened
from tests.coverage.moves import accepted, moved, the_new_school
from tests.coverage.random_ledgers import for_random_ledgers

ALL_OF_THEM = 1_000


def kept(session: Session) -> int:
    return keep(session, TERM, TALLIES, ALL_OF_THEM)


def test_what_is_kept_of_random_ledgers_is_what_was_counted(session: Session) -> None:
    def is_the_same(schools: list[Unit], _above: list[Unit]) -> None:
        counted = [by_school(session, EVERYWHERE, TERM, tally) for tally in TALLIES]
        assert (kept(session), kept(session)) == (len(schools), 0)
        assert [by_school(session, EVERYWHERE, TERM, tally) for tally in TALLIES] == counted

    for_random_ledgers(session, 10, is_the_same)


def test_of_a_pupil_who_moved_each_school_counts_what_is_counted_above_it(session: Session) -> None:
    row = a_row(session)
    old, new = row.school, the_new_school(session)
    said = {"at": A_MONDAY, "by": "staff:t4", "channel": "phone", "reached": True}
    session.add(ContactRecord(pupil_id=row.pupil_id, school_id=old.id, **said))
    accepted(session, moved(session, row))
    by_county = an_intake(session, new.parent).id
    own = EnrolmentRecord.pupil_id == a_pupil(session, new, name="周晓", id_number=None).id
    session.execute(update(EnrolmentRecord).where(own).values(intake_id=by_county))
    above = [by_school(session, EVERYWHERE, TERM, tally) for tally in TALLIES]
    for school in (old, new):
        set_reach(session, reach_units(school.path))
        for tally, counted in zip(TALLIES, above, strict=True):
            assert by_school(session, scope_of(school), TERM, tally) == {school.id: counted[school.id]}, tally.name


def test_a_row_that_changes_after_the_count_is_counted_anew(session: Session) -> None:
    row = a_row(session)
    kept(session)
    row.paid_yuan, row.state = row.due_yuan, "paid"
    session.flush()
    found = distribution(session, row.school, TERM, By.STAGE).total
    assert (found.aided, found.unaided, found.gap) == (1, 0, 0)


def test_a_change_of_one_school_leaves_what_is_kept_of_another(session: Session) -> None:
    row, other = a_row(session), a_school(session, code="3299010002", name="示例县第二小学")
    kept(session)
    a_pupil(session, other, id_number=None)
    assert list(session.scalars(select(SchoolChange.school_id).distinct())) == [other.id]
    assert (kept(session), row.school_id != other.id) == (1, True)


def test_what_is_kept_for_another_term_goes_when_its_school_changes(session: Session) -> None:
    a_row(session)
    keep(session, "2026-spring", TALLIES, ALL_OF_THEM)
    session.execute(update(Guardian).values(phone_sealed=None))
    a_pupil(session, id_number=None)
    kept(session)
    assert set(session.scalars(select(SchoolTally.term))) == {TERM}


def test_the_term_before_is_kept_too_until_its_school_changes(session: Session) -> None:
    school = a_row(session).school
    kept(session)
    assert keep_uncounted(session, "2026-spring", TALLIES, ALL_OF_THEM) == 1
    assert keep_uncounted(session, "2026-spring", TALLIES, ALL_OF_THEM) == 0
    a_pupil(session, school, id_number=None)
    assert keep_uncounted(session, "2026-spring", TALLIES, ALL_OF_THEM) == 0
    assert (kept(session), keep_uncounted(session, "2026-spring", TALLIES, ALL_OF_THEM)) == (1, 1)


def test_a_page_that_reads_counts_once_what_its_parts_ask_for(session: Session) -> None:
    a_row(session)
    remember(session)
    first = by_school(session, EVERYWHERE, TERM, FIGURES)
    a_match(session, a_pupil(session, name="周晓", id_number="32990120130206005X"))
    opened(session)
    assert by_school(session, EVERYWHERE, TERM, FIGURES) is first
    remember(session)
    assert by_school(session, EVERYWHERE, TERM, FIGURES) != first


COUNTS = {
    "ledger-1": "3eafcee5cc04",
    "today-3": "61d77ab069c8",
    "rosters-2": "b003ad354aed",
    "closing-2": "2cd506cbf3b3",
    "figures-2": "db4bedff81ec",
    "rolls-3": "b6ce756451e4",
    "matched-1": "cab72754129d",
    "owed-2": "d85c9d0edcde",
    "circumstances-1": "d24962928241",
    "differing-1": "90f1a2307bcd",
    "yearly-1": "ffcb78193d8a",
    "received-1": "a3d9ffe9c02b",
}
"""What each tally asks and finds, as a fingerprint: where one changes, its tally gets a new name beside it."""


def test_a_tally_that_counts_otherwise_has_a_new_name(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", A_MONDAY.date)  # what was promised is asked for the days until then
    school = a_row(session).school
    session.flush()
    assert {tally.name: fingerprint(session, school, tally) for tally in TALLIES} == COUNTS


def fingerprint(session: Session, school: Unit, tally: Tally) -> str:
    """Of the questions it puts to the database, whoever's they are, and of their answers for one known school."""
    asked: list[str] = []

    def hear(_c: Connection, _cursor: Any, statement: str, parameters: Any, _ctx: Any, _many: bool) -> None:
        asked.append(f"{statement} {sorted(map(repr, parameters.values() if parameters else ()))}")

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", hear)
    found = sorted((key, numbers) for _, key, numbers in tally.count(session, scope_of(school), TERM))
    event.remove(connection, "before_cursor_execute", hear)
    words = UUIDS.sub("", "\n".join([*asked, repr(found)]))
    return sha256(words.encode()).hexdigest()[:12]


UUIDS = re.compile(r"UUID\('[^']+'\)")


def test_a_phone_taken_out_and_a_teacher_who_left_are_changes_of_their_school(session: Session) -> None:
    pupil = a_pupil(session)
    teacher = a_staff_member(session, "t4", Role.TEACHER, pupil.school)
    kept(session)
    session.execute(delete(Guardian).where(Guardian.pupil_id == pupil.id))
    assert rolls.counts(session, scope_of(pupil.school), TERM)["no-guardian"] == 1
    kept(session)
    session.execute(update(StaffMember).where(StaffMember.id == teacher.id).values(active=False))
    assert session.scalar(select(func.count()).select_from(SchoolChange)) == 1


def test_what_is_kept_names_no_category_in_clear(session: Session) -> None:
    a_row(session)
    kept(session)
    (sealed,) = session.scalars(select(SchoolTally.counts_sealed).where(SchoolTally.name == FIGURES.name))
    assert ("category", "DIBAO") in together(session, EVERYWHERE, TERM, FIGURES)
    assert b"DIBAO" not in sealed


def test_a_page_looks_only_at_the_schools_whose_lines_it_shows(session: Session) -> None:
    schools = [a_school(session, code=f"329901000{place}", name=f"示例县第{place}小学") for place in range(1, 5)]
    numbers = dict(zip((school.id for school in schools), (30, 0, 40, 50), strict=True))
    assert page_of(session, numbers, 0, 30) == ([schools[0].id], 0)
    assert page_of(session, numbers, 50, 50) == ([schools[2].id, schools[3].id], 20)
    assert page_of(session, numbers, 120, 50) == ([], 0)


def test_desks_wait_for_the_same_pupils_whoever_counts(session: Session) -> None:
    a_match(session, a_pupil(session))
    opened(session, A_MONDAY + timedelta(hours=1))
    before = together(session, scope_of(a_county(session)), TERM, PUPILS)
    kept(session)
    assert together(session, scope_of(a_school(session)), TERM, PUPILS) == before
