"""我的学生: what is known of a whole class is asked at once."""

from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.clock import SchoolTerm
from portal.coverage.own_class import own_pupils
from portal.enrolment.confirmation import confirm
from tests.builders import A_MONDAY, TERM, a_pupil, a_school
from tests.coverage.builders import a_row
from tests.statements import statements


def test_a_class_of_three_asks_the_database_no_more_than_one_pupil(session: Session) -> None:
    answered = a_row(session).pupil
    confirm(session, answered, TERM, True, True, "family", A_MONDAY)
    scope, term = scope_of(a_school(session)), SchoolTerm.parse(TERM)
    session.flush()
    with statements() as of_one:
        own_pupils(session, scope, term)
    for number in ("329901201510010067", "329901201809170039"):
        a_pupil(session, name="同班", id_number=number)
    with statements() as of_three:
        shown = own_pupils(session, scope, term)
    assert len(of_three) == len(of_one)
    assert [one.said for one in shown if one.id == answered.id] == ["家长"]
