from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.intake.findings import findings_of
from portal.models import RegisterEntry
from portal.vocabulary import IntakeKind
from tests.builders import a_bureau
from tests.intake.arrivals import arrive, register
from tests.intake.files import XIAOCHUAN, XIAOYU, csv

REGISTER = IntakeKind.REGISTER
ROW = {"序号": "7", "困难类别": "低保", "姓名": "王小雨", "身份证件号": XIAOYU, "有效期止": "2027-08-31"}


def test_an_entry_is_found_by_its_number_and_nothing_of_it_is_in_clear(session: Session) -> None:
    arrive(session, REGISTER, a_bureau(session), register(ROW))

    digest = RegisterEntry.id_number.digest(XIAOYU)
    entry = session.scalars(select(RegisterEntry).where(RegisterEntry.id_number_index == digest)).one()

    assert (entry.register_row, entry.name, entry.category) == ("7", "王小雨", "DIBAO")
    assert (entry.id_certain, entry.valid_to) == (True, date(2027, 8, 31))
    assert "王小雨".encode() not in entry.name_sealed
    assert b"DIBAO" not in entry.category_sealed


def test_one_category_for_the_whole_file_needs_no_column(session: Session) -> None:
    data = csv(("姓名", "身份证件号"), ("王小雨", XIAOYU))
    arrive(session, REGISTER, a_bureau(session), data, category="ORPHAN")
    assert session.scalars(select(RegisterEntry)).one().category == "ORPHAN"


def test_a_last_day_nobody_can_read_is_remembered_as_such(session: Session) -> None:
    open_ended = {**ROW, "序号": "8", "身份证件号": XIAOCHUAN, "有效期止": "长期"}
    arrive(session, REGISTER, a_bureau(session), register({**ROW, "有效期止": "明年夏天"}, open_ended))
    entries = session.scalars(select(RegisterEntry).order_by(RegisterEntry.register_row))
    assert [(entry.valid_to, entry.valid_to_unreadable) for entry in entries] == [(None, True), (None, False)]


def test_without_serials_of_their_own_entries_are_named_by_the_row_of_the_file(session: Session) -> None:
    arrive(session, REGISTER, a_bureau(session), register({**ROW, "序号": ""}, {**ROW, "序号": "1"}))
    assert sorted(session.scalars(select(RegisterEntry.register_row))) == ["2", "3"]


def test_text_too_long_for_its_column_is_cut_and_somebody_is_told(session: Session) -> None:
    data = csv(("困难类别", "姓名", "身份证件号", "县区代码"), ("低保", "王小雨", XIAOYU, "示例县" * 10))
    intake = arrive(session, REGISTER, a_bureau(session), data)
    assert session.scalars(select(RegisterEntry)).one().county_code == ("示例县" * 4)
    assert [(p.row, p.column, p.row_kept) for p in findings_of(intake).problems] == [(2, "县区代码", True)]


def test_a_later_batch_stands_beside_the_earlier_one(session: Session) -> None:
    bureau = a_bureau(session)
    arrive(session, REGISTER, bureau, register(ROW), occasion="2026-08")
    arrive(session, REGISTER, bureau, register(ROW), occasion="2026-09")
    assert len(session.scalars(select(RegisterEntry)).all()) == 2
