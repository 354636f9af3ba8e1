"""Who did it, in words that tell nobody what to sign in with."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.access.actors import actor_words, look_up_actors
from tests.builders import a_staff_member


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("family", "家长"), ("portal", "门户"), ("command", "门户"), ("nobody", "没有登录的人"),
        ("staff:sch1", "张老师"), ("staff:gone", "工作人员"),
    ],
)  # fmt: skip
def test_a_person_is_called_by_name_and_never_by_the_account(session: Session, by: str, words: str) -> None:
    a_staff_member(session, "sch1", name="张老师")
    assert actor_words(session, by) == words


def test_those_of_a_page_are_asked_for_in_one_statement(session: Session) -> None:
    a_staff_member(session, "sch1", name="张老师")
    page, asked = ["staff:sch1", "family", "staff:gone", "staff:sch1"], []
    event.listen(session, "do_orm_execute", asked.append)
    look_up_actors(session, page)
    assert [actor_words(session, by) for by in page] == ["张老师", "家长", "工作人员", "张老师"]
    assert len(asked) == 1
