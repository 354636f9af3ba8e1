from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.clock import SchoolTerm
from portal.enrolment.lists import CategoryName, MatchedLine, count_matched, matched
from portal.enrolment.matching_runs import run
from portal.models import Unit
from portal.vocabulary import Basis, Decision
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, an_entry
from tests.intake.files import CHEN_MING, XIAOCHUAN


def listed(session: Session, unit: Unit | None = None, **wanted: object) -> list[MatchedLine]:
    return matched(session, scope_of(unit or a_county(session)), TERM, **wanted)  # type: ignore[arg-type]


def compare(session: Session) -> None:
    run(session, a_county(session), SchoolTerm.parse(TERM), "command", A_MONDAY)


def test_a_matched_pupil_is_one_line_with_a_masked_name(session: Session) -> None:
    pupil = a_pupil(session)
    an_entry(session)
    compare(session)

    (line,) = listed(session)

    assert (line.pupil_id, line.masked_name, line.school_code) == (pupil.id, "王*雨", "3299010001")
    assert (line.basis, line.rule, line.decision) == (Basis.SELF, "number_name", Decision.CERTAIN)
    assert line.categories == (CategoryName("DIBAO", "城乡低保家庭"),)
    assert "证件号一致" in line.because


def test_a_pupil_on_several_registers_is_one_line_with_all_its_categories(session: Session) -> None:
    a_pupil(session)
    an_entry(session)
    an_entry(session, category="ORPHAN")
    compare(session)
    (line,) = listed(session)
    assert [category.code for category in line.categories] == ["DIBAO", "ORPHAN"]


def test_a_list_can_be_had_by_decision_and_page_by_page(session: Session) -> None:
    a_pupil(session, id_number=None)
    for name, number in (("王小川", XIAOCHUAN), ("陈明", CHEN_MING)):
        a_pupil(session, name=name, id_number=number)
        an_entry(session, name="王小川", id_number=number)
    compare(session)

    assert [line.masked_name for line in listed(session, decision=Decision.POSSIBLE)] == ["陈*"]
    assert [line.masked_name for line in listed(session, offset=1, limit=1)] == ["陈*"]
    counts = count_matched(session, a_county(session), TERM)
    assert (counts[Decision.CERTAIN], counts[Decision.POSSIBLE], counts[Decision.HOUSEHOLD]) == (1, 1, 0)


def test_county_and_school_see_the_same_rows_and_nobody_else_does(session: Session) -> None:
    a_pupil(session)
    an_entry(session)
    compare(session)
    neighbour = a_county(session, "329902", "邻县")
    assert listed(session, a_school(session)) == listed(session)
    assert listed(session, neighbour) == []


def test_a_roster_s_rows_stand_in_their_own_order(session: Session) -> None:
    school = a_school(session)
    numbers = [XIAOCHUAN, CHEN_MING, "329901201603050015"]
    pupils = [a_pupil(session, school, id_number=number) for number in numbers]
    for number in numbers:
        an_entry(session, id_number=number)
    compare(session)
    assert [line.pupil_id for line in listed(session)] == [pupil.id for pupil in pupils]
