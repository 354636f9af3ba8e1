"""What can no longer be opened is named, and nobody else's comparison waits for it."""

from sqlalchemy.orm import Session

from portal.enrolment.matching_runs import run
from tests.builders import A_MONDAY, a_county, a_pupil, an_entry
from tests.enrolment.test_matching_runs import AUTUMN, LATER, standing
from tests.intake.files import XIAOCHUAN, XIAOYU

PEOPLE = (("王小雨", XIAOYU), ("王小川", XIAOCHUAN))


def test_a_damaged_pupil_is_named_and_keeps_what_stood_while_the_others_are_compared(session: Session) -> None:
    damaged, _ = (a_pupil(session, name=name, id_number=number) for name, number in PEOPLE)
    for name, number in PEOPLE:
        an_entry(session, name=name, id_number=number)
    run(session, a_county(session), AUTUMN, "command", A_MONDAY)
    damaged.id_number_sealed = damaged.name_sealed
    again = run(session, a_county(session), AUTUMN, "command", LATER)
    (sentence,) = again.unread
    assert sentence.startswith(f"学生 {damaged.id}：pupil.id_number 的加密数据被改动")
    assert (again.counts["certain"], len(standing(session))) == (2, 2)


def test_a_damaged_entry_holds_up_nobody_whom_it_does_not_concern(session: Session) -> None:
    entries = [an_entry(session, name=name, id_number=number) for name, number in PEOPLE]
    pupils = [a_pupil(session, name=name, id_number=number) for name, number in PEOPLE]
    entries[0].name_sealed = entries[1].name_sealed
    made = run(session, a_county(session), AUTUMN, "command", A_MONDAY)
    assert [sentence.split("：")[0] for sentence in made.unread] == [f"学生 {pupils[0].id}"]
    assert str(entries[0].id) in made.unread[0]
    assert (made.counts["pupils"], made.counts["certain"], made.counts["unmatched"]) == (2, 1, 1)
