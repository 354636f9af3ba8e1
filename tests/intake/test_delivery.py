"""A bureau's file is seen before it counts, and what nobody agreed to take is never stored."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.intake import door
from portal.intake.delivery import NotDelivered, confirm, drop, drop_unconfirmed, look_over
from portal.intake.findings import findings_of
from portal.intake.receive import CONTENT, receive
from portal.intake.spreadsheet import read_table
from portal.intake.work_off import resume_left_behind, work_off
from portal.models import AuditEntry, Intake, RegisterEntry
from portal.models.sealed import keyring
from portal.vocabulary import IntakeKind, IntakeState, RegisterPurpose
from tests.builders import A_MONDAY, a_bureau
from tests.intake.arrivals import sessions_of
from tests.intake.files import XIAOCHUAN, XIAOYU, xlsx

CARD = "6222000000000000"
LIST = xlsx(
    ["姓名", "身份证件号", "困难类别", "银行卡", "家庭住址", "有效期止"],
    ["王小雨", XIAOYU, "低保", CARD, "某路1号", 46387],
    ["王小川", XIAOCHUAN, "低保", CARD, "某路1号", "长期"],
    ["某某", "329901201603050014", "低保", CARD, "某路1号", ""],
)


def brought(session: Session, data: bytes = LIST, name: str = "名单.xlsx") -> Intake:
    intake = receive(
        session, IntakeKind.REGISTER, a_bureau(session), "2026-08", name, data, "", "command", A_MONDAY,
        RegisterPurpose.GAPS, date(2027, 1, 31), in_hand=True,
    )  # fmt: skip
    session.commit()
    return intake


def seen(session: Session, data: bytes = LIST, name: str = "名单.xlsx") -> Intake:
    intake = brought(session, data, name)
    look_over(sessions_of(session), intake.id, data, A_MONDAY)
    session.refresh(intake)
    return intake


def held(intake: Intake) -> str:
    assert intake.content is not None
    return keyring().open(intake.content, CONTENT, intake.id)


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RegisterEntry)) or 0


def test_what_will_be_read_is_told_and_nothing_counts_yet(session: Session) -> None:
    intake = seen(session)
    found = findings_of(intake)
    assert (intake.state, found.rows, found.kept, entries(session)) == (IntakeState.CHECKED, 3, 3, 0)
    assert (found.read, found.dropped) == (("姓名", "身份证件号", "困难类别", "有效期止"), ("银行卡", "家庭住址"))
    assert (intake.purpose, intake.expires_on) == (RegisterPurpose.GAPS, date(2027, 1, 31))


def test_what_nobody_agreed_to_take_is_not_even_in_what_is_held(session: Session) -> None:
    intake = brought(session)
    assert intake.content is None
    look_over(sessions_of(session), intake.id, LIST, A_MONDAY)
    session.refresh(intake)
    text = held(intake)
    assert XIAOYU in text
    assert CARD not in text
    assert "某路" not in text


def test_the_table_that_passed_the_door_comes_back_as_it_was() -> None:
    table = door.emptied(read_table(LIST, "名单.xlsx"))
    assert door.table_of(door.as_text(table)) == table
    again = door.table_of(door.as_text(table)).lines[0].cells
    assert [type(cell) for cell in again] == [type(cell) for cell in table.lines[0].cells]


def test_once_confirmed_it_is_kept_like_any_other_and_only_once(session: Session) -> None:
    intake = seen(session)
    later = A_MONDAY + timedelta(hours=8)
    for _ in range(2):
        confirm(session, intake, later)
        session.commit()
        work_off(sessions_of(session), intake.id, later)
        session.refresh(intake)
    assert (intake.state, intake.content, intake.arrived_at, entries(session)) == (IntakeState.KEPT, None, later, 3)
    assert findings_of(intake).dropped == ("银行卡", "家庭住址")
    assert sorted(str(day) for day in session.scalars(select(RegisterEntry.valid_to))) == ["2026-12-31", "None", "None"]


def test_a_confirmed_file_left_by_a_dead_worker_is_taken_up(session: Session) -> None:
    intake = seen(session)
    confirm(session, intake, A_MONDAY)
    session.commit()
    assert resume_left_behind(sessions_of(session), A_MONDAY + timedelta(minutes=1)) == 1
    assert entries(session) == 3


def test_a_file_whose_reader_died_before_it_was_seen_asks_to_be_brought_again(session: Session) -> None:
    intake = brought(session)
    resume_left_behind(sessions_of(session), A_MONDAY + timedelta(minutes=1))
    session.refresh(intake)
    assert (intake.state, "请重新导入" in (intake.refused_because or "")) == (IntakeState.REFUSED, True)
    assert seen(session).state is IntakeState.CHECKED


def test_what_is_no_list_is_refused_with_a_sentence(session: Session) -> None:
    intake = seen(session, b"%PDF-1.7", "名单.pdf")
    assert (intake.state, intake.content) == (IntakeState.REFUSED, None)
    assert "PDF" in (intake.refused_because or "")


def test_what_is_dropped_leaves_only_a_word_in_the_trail(session: Session) -> None:
    intake = seen(session)
    drop(session, intake, "staff:mz")
    assert session.scalars(select(Intake.id)).all() == []
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor, entry.detail["rows"]) == ("delivery_dropped", "staff:mz", 3)


def test_what_nobody_confirms_within_a_day_is_dropped(session: Session) -> None:
    seen(session)
    assert drop_unconfirmed(session, A_MONDAY + timedelta(hours=23)) == 0
    assert drop_unconfirmed(session, A_MONDAY + timedelta(hours=25)) == 1


@pytest.mark.parametrize("act", [lambda s, i: confirm(s, i, A_MONDAY), lambda s, i: drop(s, i, "staff:mz")])
def test_what_is_past_is_neither_confirmed_nor_dropped(session: Session, act) -> None:
    intake = seen(session)
    intake.state = IntakeState.WITHDRAWN
    session.commit()
    with pytest.raises(NotDelivered, match="已撤回"):
        act(session, intake)


def test_the_same_file_brought_again_before_it_is_confirmed_takes_the_new_purpose(session: Session) -> None:
    first = seen(session)
    again = receive(
        session, IntakeKind.REGISTER, a_bureau(session), "2026-08", "名单.xlsx", LIST, "", "command", A_MONDAY,
        RegisterPurpose.YEARLY, in_hand=True,
    )  # fmt: skip
    assert (again.id, again.purpose, again.content) == (first.id, RegisterPurpose.YEARLY, None)
