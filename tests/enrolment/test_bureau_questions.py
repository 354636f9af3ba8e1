"""请部门核实: what a bureau is shown, what it answers, and how that comes back."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.scope import NotInScope, enter, scope_of
from portal.database import EVERYTHING, set_reach
from portal.enrolment import queue
from portal.enrolment.bureau_questions import NotAnswered, answer, asked_of, count_asked, find_question
from portal.models import AuditEntry, BureauQuestion, MatchPair, Pupil, RegisterEntry, StaffMember
from portal.vocabulary import Answer, BureauAnswer, Role
from tests.builders import A_MONDAY, TERM, a_bureau, a_county, a_staff_member
from tests.enrolment.doubts import a_doubt, a_household, compare, officer, settle, undo


def clerk(session: Session) -> StaffMember:
    return a_staff_member(session, "mz", Role.BUREAU_OFFICER, a_bureau(session), "王科员")


def asked(session: Session) -> BureauQuestion:
    settle(session, a_doubt(session), Answer.ASK)
    return session.scalars(select(BureauQuestion)).one()


def counts(session: Session) -> tuple[int, int]:
    scope = scope_of(a_county(session))
    ways = queue.at_the_bureau(TERM), queue.back_from_the_bureau(TERM)
    waiting, back = (queue.count(session, scope, way) for way in ways)
    return waiting, back


def test_the_bureau_that_delivered_the_list_is_asked_with_batch_and_row(session: Session) -> None:
    question = asked(session)
    assert (question.unit_id, question.occasion) == (a_bureau(session).id, "2026-08")
    assert (question.pupil_name, question.entry_name) == ("王小雨", "王小语")
    assert asked_of(session, a_bureau(session).id) == [question]


def test_a_bureau_reaches_its_questions_and_neither_pupils_nor_pairs_nor_entries(session: Session) -> None:
    asked(session)
    session.commit()
    enter(session, scope_of(a_bureau(session)))
    seen = [session.scalar(select(func.count()).select_from(table)) for table in (Pupil, MatchPair, RegisterEntry)]
    assert (seen, session.scalar(select(func.count(BureauQuestion.id)))) == ([0, 0, 0], 1)
    set_reach(session, EVERYTHING)


def test_another_bureau_is_not_asked(session: Session) -> None:
    question = asked(session)
    other = a_bureau(session, code="329901-CL")
    assert count_asked(session, other.id) == 0
    with pytest.raises(NotInScope):
        find_question(session, scope_of(other), question.id)


def test_the_answer_comes_back_to_the_queue_and_settles_nothing(session: Session) -> None:
    question = asked(session)
    assert counts(session) == (1, 0)
    answer(session, question, BureauAnswer.YES, "号码末位写错", clerk(session), A_MONDAY)
    session.flush()
    assert counts(session) == (0, 1)
    (line,) = queue.lines(
        session, scope_of(a_county(session)), queue.back_from_the_bureau(TERM), "number_name_close", 0, 9
    )
    assert line.bureau == "部门答复：是（号码末位写错）"
    assert session.scalars(select(MatchPair)).one().settled_as is Answer.ASK


def test_who_answered_is_in_the_trail(session: Session) -> None:
    answer(session, asked(session), BureauAnswer.NO, "", clerk(session), A_MONDAY)
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "bureau_answered")).one()
    assert (entry.actor, entry.detail["answer"]) == ("staff:mz", "no")


@pytest.mark.parametrize("said", [Answer.SAME, Answer.NOT_SAME])
def test_once_settled_nothing_is_asked_and_no_name_is_left(session: Session, said: Answer) -> None:
    question = asked(session)
    settle(session, session.scalars(select(MatchPair)).one(), said)
    session.refresh(question)
    assert (question.closed_at, question.pupil_name, question.entry_number) == (A_MONDAY, None, None)
    with pytest.raises(NotAnswered):
        answer(session, question, BureauAnswer.YES, "", clerk(session), A_MONDAY)


def test_taken_back_the_question_is_closed(session: Session) -> None:
    made = settle(session, a_doubt(session), Answer.ASK)
    undo(session, made)
    assert session.scalars(select(BureauQuestion)).one().closed_at == A_MONDAY


def test_a_question_outlives_a_run_and_ends_when_the_data_change(session: Session) -> None:
    question = asked(session)
    compare(session)
    session.refresh(question)
    assert question.closed_at is None
    session.scalars(select(RegisterEntry)).one().name = "王晓雨"
    compare(session)
    session.refresh(question)
    assert question.closed_at == A_MONDAY


def test_of_a_household_the_guardian_is_named_as_well(session: Session) -> None:
    settle(session, a_household(session), Answer.ASK)
    question = session.scalars(select(BureauQuestion)).one()
    assert (question.guardian_name, question.pupil_name, question.entry_name) == ("王丽", "王小川", "王丽")


def test_a_school_that_asks_is_not_named_to_the_bureau(session: Session) -> None:
    settle(session, a_doubt(session), Answer.ASK, Role.SCHOOL_OFFICER)
    question = session.scalars(select(BureauQuestion)).one()
    assert question.asked_by_unit == a_county(session).name != officer(session, Role.SCHOOL_OFFICER).unit.name
