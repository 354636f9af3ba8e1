"""Whom a careful clerk finds though a number is missing or old, and through the family: a person decides."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.enrolment.matching_runs import run
from portal.enrolment.people import register_person, roster_person
from portal.intake.meeting import COLUMNS, meeting_indexes, offered_digests, sought_digests
from portal.models import Guardian, MatchPair, Pupil, RegisterEntry, SoughtKey, Unit
from portal.vocabulary import Basis, Decision, IntakeKind
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, an_entry
from tests.intake.arrivals import arrive, roster
from tests.intake.files import CHEN_MING, XIAOCHUAN, XIAOYU
from tests.matching.people import CUT_NUMBER, WHOLE_NUMBER

BORN = date(2016, 3, 5)
MOTHER = "329901198801010028"


def findable(session: Session, row: Pupil | RegisterEntry, born: date | None = None, column: str = "329901") -> None:
    """As a file that came in leaves the row; the builders say nothing of it."""
    for name, value in zip(COLUMNS, meeting_indexes(row.name or "", row.id_number, born, column), strict=True):
        setattr(row, name, value)
    if isinstance(row, Pupil):
        row.hukou_division = column
        row.offered_keys = offered_digests(roster_person(row, {}), A_MONDAY.date())
    else:
        session.flush()
        keys = sought_digests(register_person(row), A_MONDAY.date())
        session.add_all(SoughtKey(key=key, entry_id=row.id) for key in keys)


def pairs(session: Session, unit: Unit | None = None) -> dict[tuple[str | None, str], Decision]:
    session.flush()
    run(session, unit or a_county(session), SchoolTerm.parse(TERM), "command", A_MONDAY)
    found = session.scalars(select(MatchPair).where(MatchPair.superseded_at.is_(None)))
    return {(pair.pupil.name, pair.rule): pair.decision for pair in found}


def test_a_pupil_without_number_is_found_by_name_and_birth(session: Session) -> None:
    pupil = a_pupil(session, id_number=None)
    pupil.birth_date_text = BORN.isoformat()
    findable(session, pupil, BORN)
    findable(session, an_entry(session))
    assert pairs(session) == {("王小雨", "name_birth"): Decision.POSSIBLE}


def test_a_pupil_without_number_is_found_by_the_name_it_had_before(session: Session) -> None:
    pupil = a_pupil(session, name="王晓羽", id_number=None)
    pupil.former_name, pupil.birth_date_text = "王小雨", BORN.isoformat()
    findable(session, pupil, BORN)
    findable(session, an_entry(session))
    assert pairs(session) == {("王晓羽", "name_birth"): Decision.POSSIBLE}


def test_another_birth_date_is_another_child(session: Session) -> None:
    pupil = a_pupil(session, id_number=None)
    pupil.birth_date_text = "2016-03-06"
    findable(session, pupil, date(2016, 3, 6))
    findable(session, an_entry(session))
    assert pairs(session) == {}


def test_an_old_number_meets_its_eighteen_digits_and_is_never_certain(session: Session) -> None:
    pupil = a_pupil(session, id_number="329901160305001")
    pupil.id_certain = False
    pupil.birth_date_text = None
    findable(session, pupil)
    findable(session, an_entry(session))
    assert pairs(session) == {("王小雨", "number_old"): Decision.POSSIBLE}


def test_an_entry_without_number_meets_the_only_one_of_that_name_in_the_county(session: Session) -> None:
    findable(session, a_pupil(session))
    entry = an_entry(session, id_number=None, county_code="329901")
    findable(session, entry)
    found = pairs(session)
    assert found == {("王小雨", "name_place"): Decision.POSSIBLE}


def test_two_of_that_name_in_the_county_are_nobody_s_doubt(session: Session) -> None:
    findable(session, a_pupil(session))
    findable(session, a_pupil(session, id_number="329901201703050017"))
    findable(session, an_entry(session, id_number=None, county_code="329901"))
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


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("329901201603050014", "number_repaired"),
        ("32990121603050015", "number_repaired"),
        ("329910201603050015", "number_repaired"),
        ("3.29901E+17", "name_place"),
        ("329901201603050000", "number_partly"),
        ("3299012016****0015", "number_partly"),
        ("329901160305001", "number_old"),
        ("329901201603070025", "number_two_slips"),
    ],
)
def test_an_entry_with_a_damaged_number_finds_the_child(session: Session, written: str, rule: str) -> None:
    findable(session, a_pupil(session))
    damaged(session, an_entry(session, id_number=written))
    assert pairs(session) == {("王小雨", rule): Decision.POSSIBLE}


@pytest.mark.parametrize(("ours", "theirs"), [(CUT_NUMBER, WHOLE_NUMBER), (WHOLE_NUMBER, CUT_NUMBER)])
def test_a_number_cut_by_excel_that_holds_by_chance_finds_the_whole_one(
    session: Session, ours: str, theirs: str
) -> None:
    findable(session, a_pupil(session, id_number=ours))
    findable(session, an_entry(session, id_number=theirs))
    assert pairs(session) == {("王小雨", "number_partly"): Decision.POSSIBLE}


def test_a_guardian_s_damaged_number_on_a_list_is_asked_about(session: Session) -> None:
    child = a_pupil(session)
    session.scalars(select(Guardian).where(Guardian.pupil_id == child.id)).one().id_number = MOTHER
    damaged(session, an_entry(session, name="王丽", id_number="329901198801010082"))
    assert pairs(session) == {("王小雨", "guardian_number_repaired"): Decision.HOUSEHOLD_POSSIBLE}


def test_a_guardian_s_damaged_number_on_the_roster_finds_the_guardian(session: Session) -> None:
    mother = {"监护人1姓名": "王丽", "监护人1身份证件号": "329901198801010082"}
    arrive(session, IntakeKind.ROSTER, a_school(session), roster({"姓名": "王小雨", "身份证件号": XIAOYU, **mother}))
    an_entry(session, name="王丽", id_number=MOTHER)
    assert pairs(session) == {("王小雨", "guardian_number_repaired"): Decision.HOUSEHOLD_POSSIBLE}


def test_two_guardians_of_one_stopgap_are_no_family(session: Session) -> None:
    mother = {"监护人1姓名": "王丽", "监护人1身份证件号": "111111111111111111"}
    rows = [{"姓名": "王小雨", "身份证件号": XIAOYU, **mother}, {"姓名": "陈明", "身份证件号": CHEN_MING, **mother}]
    arrive(session, IntakeKind.ROSTER, a_school(session), roster(*rows))
    an_entry(session, household="H1", county_code="329901")
    assert pairs(session) == {("王小雨", "number_name"): Decision.CERTAIN}


def test_a_roster_of_another_birth_date_than_its_number_s_is_looked_at(session: Session) -> None:
    row = {"姓名": "王小雨", "身份证件号": XIAOYU, "出生日期": "2016-03-06"}
    arrive(session, IntakeKind.ROSTER, a_school(session), roster(row))
    an_entry(session)
    assert pairs(session) == {("王小雨", "number_birth_differs"): Decision.POSSIBLE}


def test_a_child_under_a_brothers_number_is_found_by_its_own_birth_date(session: Session) -> None:
    row = {"姓名": "王小雨", "身份证件号": XIAOCHUAN, "出生日期": "2016-03-05", "户口所在地行政区划码": "329901"}
    arrive(session, IntakeKind.ROSTER, a_school(session), roster(row))
    findable(session, an_entry(session, county_code="329901"))
    assert pairs(session) == {("王小雨", "name_birth_number_doubted"): Decision.POSSIBLE}


def under_a_strangers_number(session: Session) -> Unit:
    """小雨 of one school is on a list under the number of a child of another."""
    school = a_school(session)
    findable(session, a_pupil(session, school))
    findable(session, a_pupil(session, a_school(session, code="3299010002"), name="陈明", id_number=CHEN_MING))
    findable(session, an_entry(session, id_number=CHEN_MING, county_code="329901"))
    return school


def test_a_child_listed_under_a_strangers_number_is_found_by_name_and_county(session: Session) -> None:
    school = under_a_strangers_number(session)
    own_name = {("王小雨", "strangers_number_own_name"): Decision.POSSIBLE}
    assert pairs(session, school) == own_name
    assert pairs(session) == own_name | {("陈明", "number_other_name"): Decision.POSSIBLE}


def test_with_a_namesake_in_the_county_nobody_could_say_whom_a_strangers_number_means(session: Session) -> None:
    school = under_a_strangers_number(session)
    elsewhere = a_school(session, code="3299010003")
    findable(session, a_pupil(session, elsewhere, id_number="329901201703050017"))
    assert pairs(session, school) == {}


def test_another_child_of_that_name_at_another_school_makes_it_nobody_s_doubt(session: Session) -> None:
    findable(session, a_pupil(session))
    elsewhere = a_school(session, code="3299010002")
    findable(session, a_pupil(session, elsewhere, id_number="329901201703050017"))
    findable(session, an_entry(session, id_number=None, county_code="329901"))
    assert pairs(session, a_school(session)) == {}


def damaged(session: Session, entry: RegisterEntry) -> None:
    entry.id_certain = False
    findable(session, entry)
