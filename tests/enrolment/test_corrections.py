import pytest
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.enrolment.corrections import CorrectionRefused, record, waiting
from portal.models import Pupil
from portal.vocabulary import UnitLevel
from tests.builders import A_MONDAY, TERM, a_pupil


def said(session: Session, pupil: Pupil, about: str, words: str = "") -> object:
    return record(session, pupil, TERM, about, words, "family", A_MONDAY).id


def test_who_asked_for_proof_shows_at_the_county_and_not_at_the_school(session: Session) -> None:
    pupil = a_pupil(session)
    said(session, pupil, "asked_for_proof", "要低保证复印件")
    said(session, pupil, "wrong_details")
    scope = scope_of(pupil.school)
    assert [about.about for about in waiting(session, scope, UnitLevel.SCHOOL, TERM)] == ["wrong_details"]
    assert len(waiting(session, scope, UnitLevel.COUNTY, TERM)) == 2


def test_the_same_words_twice_are_one_correction_and_other_words_another(session: Session) -> None:
    pupil = a_pupil(session)
    first = said(session, pupil, "wrong_details", "班级是(3)班")
    assert said(session, pupil, "wrong_details", " 班级是(3)班\n") == first
    assert said(session, pupil, "wrong_details", "名字写错") != first


@pytest.mark.parametrize(("about", "words"), [("材料不全", ""), ("other", "长" * 201)])
def test_what_is_no_choice_or_too_long_is_refused_with_a_sentence(session: Session, about: str, words: str) -> None:
    with pytest.raises(CorrectionRefused, match="请"):
        record(session, a_pupil(session), TERM, about, words, "family", A_MONDAY)
