import pytest
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.enrolment.corrections import CorrectionRefused, record, settle_alike, wait_again, waiting_with_pupils
from portal.models import Pupil
from portal.vocabulary import UnitLevel
from tests.builders import A_MONDAY, TERM, a_pupil


def waiting(session: Session, pupil: Pupil, level: UnitLevel) -> list[str]:
    return [one.about for one, _, _ in waiting_with_pupils(session, scope_of(pupil.school), level, TERM)]


def said(session: Session, pupil: Pupil, about: str, words: str = "") -> object:
    return record(session, pupil, TERM, about, words, "family", A_MONDAY).id


def test_who_asked_for_proof_shows_at_the_county_and_not_at_the_school(session: Session) -> None:
    pupil = a_pupil(session)
    said(session, pupil, "asked_for_proof", "要低保证复印件")
    said(session, pupil, "wrong_details")
    assert waiting(session, pupil, UnitLevel.SCHOOL) == ["wrong_details"]
    assert len(waiting(session, pupil, UnitLevel.COUNTY)) == 2


def test_what_is_alike_is_settled_in_one_press_and_waits_again_for_whoever_pressed(session: Session) -> None:
    pupil = a_pupil(session)
    both = [record(session, pupil, TERM, "wrong_details", words, "family", A_MONDAY) for words in ("一班", "二班")]
    settle_alike(session, both, "改好了", "staff:sch1", A_MONDAY)
    assert waiting(session, pupil, UnitLevel.SCHOOL) == []
    with pytest.raises(CorrectionRefused, match="请由办的人撤销"):
        wait_again(session, both, "staff:other")
    wait_again(session, both, "staff:sch1")
    assert waiting(session, pupil, UnitLevel.SCHOOL) == ["wrong_details", "wrong_details"]
    assert both[0].answer is None


def test_two_matters_are_not_settled_in_one_press(session: Session) -> None:
    pupil = a_pupil(session)
    two = [record(session, pupil, TERM, about, "", "family", A_MONDAY) for about in ("wrong_details", "other")]
    with pytest.raises(CorrectionRefused, match="同一种情况"):
        settle_alike(session, two, "", "staff:sch1", A_MONDAY)


def test_the_same_words_twice_are_one_correction_and_other_words_another(session: Session) -> None:
    pupil = a_pupil(session)
    first = said(session, pupil, "wrong_details", "班级是(3)班")
    assert said(session, pupil, "wrong_details", " 班级是(3)班\n") == first
    assert said(session, pupil, "wrong_details", "名字写错") != first


@pytest.mark.parametrize(("about", "words"), [("材料不全", ""), ("other", "长" * 201)])
def test_what_is_no_choice_or_too_long_is_refused_with_a_sentence(session: Session, about: str, words: str) -> None:
    with pytest.raises(CorrectionRefused, match="请"):
        record(session, a_pupil(session), TERM, about, words, "family", A_MONDAY)
