import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.clock import WrongTerm
from portal.intake.receive import NotReceived, receive
from portal.models import Intake
from portal.vocabulary import IntakeKind, IntakeState
from tests.builders import A_MONDAY, TERM, a_bureau, a_school, a_staff_member

ROSTER, REGISTER = IntakeKind.ROSTER, IntakeKind.REGISTER


def test_a_file_waits_sealed(session: Session) -> None:
    canary = "王小雨329901201603050015".encode()

    intake = receive(session, ROSTER, a_school(session), TERM, "名册.csv", canary, "", "command", A_MONDAY)

    assert intake.state is IntakeState.WAITING
    assert intake.content is not None
    assert canary not in intake.content


def test_the_same_file_again_is_the_intake_that_stands(session: Session) -> None:
    school = a_school(session)
    first = receive(session, ROSTER, school, TERM, "名册.csv", b"a", "", "command", A_MONDAY)

    again = receive(session, ROSTER, school, TERM, "另一个名字.csv", b"a", "", "command", A_MONDAY)

    assert again.id == first.id
    assert session.scalar(select(func.count()).select_from(Intake)) == 1


def test_the_same_file_for_another_term_is_another_intake(session: Session) -> None:
    school = a_school(session)
    first = receive(session, ROSTER, school, TERM, "名册.csv", b"a", "", "command", A_MONDAY)
    other = receive(session, ROSTER, school, "2027-spring", "名册.csv", b"a", "", "command", A_MONDAY)
    assert other.id != first.id


def test_a_refused_file_may_be_tried_again(session: Session) -> None:
    school = a_school(session)
    first = receive(session, ROSTER, school, TERM, "名册.csv", b"a", "", "command", A_MONDAY)
    first.state, first.refused_because, first.content = IntakeState.REFUSED, "空的", None
    session.flush()

    again = receive(session, ROSTER, school, TERM, "名册.csv", b"a", "", "command", A_MONDAY)

    assert (again.id, again.state, again.refused_because) == (first.id, IntakeState.WAITING, None)
    assert again.content


def test_who_sent_it_is_noted_and_the_name_of_the_file_loses_its_folders(session: Session) -> None:
    staff = a_staff_member(session, "sch1")
    by_path = "C:\\Users\\zhang\\名册.csv"

    intake = receive(session, ROSTER, staff.unit, TERM, by_path, b"a", "", "staff:sch1", A_MONDAY)

    assert (intake.by_staff_id, intake.file_name) == (staff.id, "名册.csv")


def test_a_category_may_be_said_by_code_or_by_name(session: Session) -> None:
    bureau = a_bureau(session)
    by_code = receive(session, REGISTER, bureau, "2026-08", "a.csv", b"a", "DIBAO", "command", A_MONDAY)
    by_name = receive(session, REGISTER, bureau, "2026-08", "b.csv", b"b", "城乡低保", "command", A_MONDAY)
    assert (by_code.category, by_name.category) == ("DIBAO", "DIBAO")


def test_what_makes_no_sense_is_refused_with_what_to_do(session: Session) -> None:
    bureau, school = a_bureau(session), a_school(session)
    with pytest.raises(NotReceived, match="不认识困难类别“HERO”，请用 DEFACTO"):
        receive(session, REGISTER, bureau, "2026-08", "a.csv", b"a", "HERO", "command", A_MONDAY)
    with pytest.raises(NotReceived, match="如 2026-08"):
        receive(session, REGISTER, bureau, "2026-13", "a.csv", b"a", "", "command", A_MONDAY)
    with pytest.raises(NotReceived, match="是学校"):
        receive(session, REGISTER, school, "2026-08", "a.csv", b"a", "", "command", A_MONDAY)
    with pytest.raises(NotReceived, match="是部门"):
        receive(session, ROSTER, bureau, TERM, "a.csv", b"a", "", "command", A_MONDAY)
    with pytest.raises(WrongTerm):
        receive(session, ROSTER, school, "autumn", "a.csv", b"a", "", "command", A_MONDAY)


@pytest.mark.parametrize("occasion", ["２０２６-08", "0026-08", "2026-8", "2026-08\n"])
def test_a_batch_is_a_month_in_plain_digits(session: Session, occasion: str) -> None:
    with pytest.raises(NotReceived, match="如 2026-08"):
        receive(session, REGISTER, a_bureau(session), occasion, "名单.csv", b"a", "", "command", A_MONDAY)


def test_a_file_name_in_another_encoding_is_kept_as_far_as_it_can_be_read(session: Session) -> None:
    name = "名册.csv".encode("gb18030").decode("utf-8", "surrogateescape")
    intake = receive(session, ROSTER, a_school(session), TERM, name, b"a", "", "command", A_MONDAY)
    session.commit()
    assert intake.file_name.endswith(".csv")
