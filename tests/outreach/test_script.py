"""话术: the teacher says what the message says, in the same version."""

from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.models import SchoolClass
from portal.outreach.messages import FOLDER, template
from portal.outreach.script import script_for, version
from portal.outreach.words import lint_words
from tests.builders import A_MONDAY, TERM, a_pupil
from tests.families.people import a_listed_child

TERM_NOW = SchoolTerm.parse(TERM)
DAY = A_MONDAY.date()


def test_message_slip_and_script_are_of_one_version() -> None:
    assert {template(path.stem).version for path in FOLDER.glob("enrolment_not_confirmed.*.txt")} == {version()}


def test_the_script_names_who_calls_what_is_due_and_asks_two_questions(session: Session) -> None:
    child = a_listed_child(session)
    session.add(SchoolClass(school_id=child.school_id, grade="四年级", name="(2)班", teacher="李老师"))
    script = script_for(session, child, TERM_NOW, DAY)
    assert script
    said = "".join(script.lines)
    for words in ("示例县实验小学班主任李老师", "0510-00000001", "王同学", "500元/学期", "不用交证明、不交钱"):
        assert words in said
    assert said.count("？") == 2
    assert lint_words(said) == []


def test_of_a_child_with_nothing_due_no_policy_is_named(session: Session) -> None:
    script = script_for(session, a_pupil(session), TERM_NOW, DAY)
    assert script
    assert "可享" not in "".join(script.lines)


def test_a_grown_up_student_is_spoken_to_of_herself(session: Session) -> None:
    script = script_for(session, a_pupil(session, name="李𬱖", id_number="329901200702140054"), TERM_NOW, DAY)
    assert script
    said = "".join(script.lines)
    assert (script.grown_up, "孩子" in said, "我说的是您的学生资助" in said) == (True, False, True)


def test_who_is_not_enrolled_this_term_is_not_rung(session: Session) -> None:
    assert script_for(session, a_pupil(session, term="2026-spring"), TERM_NOW, DAY) is None
