"""Whom a careful clerk finds though a number is missing or old, and through the family: a person decides."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.enrolment.matching_runs import run
from portal.intake.meeting import COLUMNS, meeting_indexes
from portal.models import Guardian, MatchPair, Pupil, RegisterEntry
from portal.vocabulary import Basis, Decision
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, an_entry

BORN = date(2016, 3, 5)
MOTHER = "329901198801010028"


def findable(row: Pupil | RegisterEntry, born: date | None = None, column: str = "329901") -> None:
    """As a file that came in leaves the row; the builders say nothing of it."""
    for name, value in zip(COLUMNS, meeting_indexes(row.name or "", row.id_number, born, column), strict=True):
        setattr(row, name, value)


def pairs(session: Session) -> dict[tuple[str | None, str], Decision]:
    session.flush()
    run(session, a_county(session), SchoolTerm.parse(TERM), "command", A_MONDAY)
    found = session.scalars(select(MatchPair).where(MatchPair.superseded_at.is_(None)))
    return {(pair.pupil.name, pair.rule): pair.decision for pair in found}


def test_a_pupil_without_number_is_found_by_name_and_birth(session: Session) -> None:
    pupil = a_pupil(session, id_number=None)
    pupil.birth_date_text = BORN.isoformat()
    findable(pupil, BORN)
    findable(an_entry(session))
    assert pairs(session) == {("王小雨", "name_birth"): Decision.POSSIBLE}


def test_another_birth_date_is_another_child(session: Session) -> None:
    pupil = a_pupil(session, id_number=None)
    pupil.birth_date_text = "2016-03-06"
    findable(pupil, date(2016, 3, 6))
    findable(an_entry(session))
    assert pairs(session) == {}


def test_an_old_number_meets_its_eighteen_digits_and_is_never_certain(session: Session) -> None:
    pupil = a_pupil(session, id_number="329901160305001")
    pupil.id_certain = False
    pupil.birth_date_text = None
    findable(pupil)
    findable(an_entry(session))
    assert pairs(session) == {("王小雨", "number_old"): Decision.POSSIBLE}


def test_an_entry_without_number_meets_the_only_one_of_that_name_in_the_county(session: Session) -> None:
    findable(a_pupil(session))
    entry = an_entry(session, id_number=None, county_code="329901")
    findable(entry)
    found = pairs(session)
    assert found == {("王小雨", "name_place"): Decision.POSSIBLE}


def test_two_of_that_name_in_the_county_are_nobody_s_doubt(session: Session) -> None:
    findable(a_pupil(session))
    findable(a_pupil(session, id_number="329901201703050017"))
    findable(an_entry(session, id_number=None, county_code="329901"))
    assert pairs(session) == {}


def test_the_brother_on_the_list_leads_to_the_child_at_another_school(session: Session) -> None:
    listed = a_pupil(session)
    brother = a_pupil(
        session, school=a_school(session, code="3299010002"), name="王小川", id_number="329901201809170039"
    )
    for child in (listed, brother):
        mother = session.scalars(select(Guardian).where(Guardian.pupil_id == child.id)).one()
        mother.id_number = MOTHER
    an_entry(session, household="H1", county_code="329901")
    assert pairs(session) == {
        ("王小雨", "number_name"): Decision.CERTAIN,
        ("王小川", "sibling_listed"): Decision.HOUSEHOLD,
    }
    by_name = {pair.pupil.name: pair for pair in session.scalars(select(MatchPair))}
    assert by_name["王小川"].basis is Basis.HOUSEHOLD


def test_a_name_in_the_mother_s_household_under_no_number_is_looked_at(session: Session) -> None:
    child = a_pupil(session)
    mother = session.scalars(select(Guardian).where(Guardian.pupil_id == child.id)).one()
    mother.id_number = MOTHER
    an_entry(session, name="王丽", id_number=MOTHER, household="H1", county_code="329901")
    an_entry(session, id_number=None, household="H1", county_code="329901")
    assert pairs(session)["王小雨", "household_name"] is Decision.POSSIBLE
