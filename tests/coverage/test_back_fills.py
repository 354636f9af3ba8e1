"""回填与导出: what is typed elsewhere is ticked off until it changes; full numbers leave with a reason, or by two."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import NotInScope, scope_of
from portal.clock import SchoolTerm
from portal.coverage import back_fills, exports, progress
from portal.coverage.back_fills import Asked
from portal.coverage.determinations import Said, record
from portal.coverage.exports import ExportRefused
from portal.coverage.steps import VERIFIED, take_step
from portal.coverage.templates import TEMPLATES
from portal.coverage.unaided import give_reason
from portal.database import set_reach
from portal.models import AuditEntry, BackFill, Entitlement, StaffMember, Unit
from portal.vocabulary import Determination, Role
from tests.builders import A_MONDAY, TERM, a_county, a_school, a_staff_member
from tests.coverage.award_files import GOOD, imported
from tests.coverage.builders import CATALOGUE, a_row
from tests.coverage.moves import accepted, moved

TODAY = date(2026, 9, 7)


COLUMNS = (
    "pupil_id", "school_id", "term", "state", "claim_mode", "paid_yuan", "version_from", "reason", "owner_level",
    "next_step", "next_step_due",
)  # fmt: skip


def asked(row: Entitlement, template: str = "national-reasons", today: date = TODAY, unit: Unit | None = None) -> Asked:
    return Asked(scope_of(unit or row.school), TERM, TEMPLATES[template], today)


def counts(session: Session, wanted: Asked) -> dict[str, int]:
    return {show.value: number for show, number in back_fills.counts(session, wanted).items() if number}


def marked(session: Session, row: Entitlement) -> StaffMember:
    officer = a_staff_member(session)
    back_fills.mark(session, asked(row), [row.id], officer, A_MONDAY)
    return officer


def cells(session: Session, wanted: Asked, plain: bool = True) -> list[tuple[str, ...]]:
    return list(exports.cells(session, wanted, CATALOGUE, plain))


def test_a_row_is_open_until_it_is_ticked_off(session: Session) -> None:
    row = a_row(session)
    assert counts(session, asked(row)) == {"open": 1}
    marked(session, row)
    assert counts(session, asked(row)) == {"filled": 1}
    assert cells(session, asked(row))[0][-2:] == ("是", "2026-09-07")


def test_a_changed_reason_is_to_be_typed_again(session: Session) -> None:
    row = a_row(session)
    officer = marked(session, row)
    give_reason(session, row, "R09", "", officer, A_MONDAY)
    session.flush()
    assert counts(session, asked(row)) == {"open": 1, "changed": 1}
    assert cells(session, asked(row))[0][-2:] == ("否", "")


def test_a_press_is_taken_back_whole_and_only_by_whom_it_concerns(session: Session) -> None:
    row, officer = a_row(session), a_staff_member(session)
    press, _ = back_fills.mark(session, asked(row), None, officer, A_MONDAY)
    with pytest.raises(NotInScope):
        back_fills.take_back(session, scope_of(a_county(session, "329902", "邻县")), press, officer)
    assert back_fills.take_back(session, scope_of(row.school), press, officer) == 1
    assert counts(session, asked(row)) == {"open": 1}


def test_nobody_ticks_off_another_schools_row(session: Session) -> None:
    row, other = a_row(session), a_school(session, code="3299010002", name="二小")
    with pytest.raises(NotInScope):
        back_fills.mark(session, asked(row, unit=other), [row.id], a_staff_member(session), A_MONDAY)


def test_a_row_that_went_to_another_school_is_ticked_off_there_anew(session: Session) -> None:
    row, other = a_row(session), a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学")
    marked(session, row)
    row.school, row.school_id = other, other.id
    officer = a_staff_member(session, "sch9", Role.SCHOOL_OFFICER, other)
    session.flush()
    set_reach(session, scope_of(other).reach)
    assert counts(session, asked(row)) == {"open": 1, "changed": 1}
    back_fills.mark(session, asked(row), [row.id], officer, A_MONDAY + timedelta(days=1))
    assert counts(session, asked(row)) == {"filled": 1}
    assert session.scalars(select(BackFill.by)).all() == ["staff:sch9"]


def test_ten_days_without_a_change_are_late_and_the_county_sees_where(session: Session) -> None:
    row = a_row(session)
    late = asked(row, today=TODAY + timedelta(days=11), unit=a_county(session))
    assert counts(session, asked(row, today=TODAY + timedelta(days=10))) == {"open": 1}
    assert counts(session, late) == {"open": 1, "late": 1}
    assert back_fills.late_by_school(session, late) == [("示例县实验小学", 1)]


def test_what_the_national_file_paid_was_typed_there(session: Session) -> None:
    row = a_row(session)
    take_step(session, row, VERIFIED, "family", A_MONDAY, "家长确认")
    assert counts(session, asked(row, "national-awards")) == {"open": 1}
    imported(session, GOOD)
    progress.note_received(session, row, "family", A_MONDAY)
    session.flush()
    assert counts(session, asked(row, "national-awards")) == {"filled": 1}


def test_the_columns_stand_in_the_templates_order_and_the_number_in_full(session: Session) -> None:
    row = a_row(session)
    assert cells(session, asked(row)) == [
        (
            "王小雨", "", "329901201603050015", "3299010001", "示例县实验小学", "四年级", "(2)班",
            "义务教育家庭经济困难学生生活补助", "2026-2027", "秋季学期", "手续、发放中（待补发）", "否", "",
        )
    ]  # fmt: skip


def test_masked_neither_name_nor_number_is_whole(session: Session) -> None:
    row = a_row(session)
    (line,) = cells(session, asked(row), plain=False)
    assert (line[0], line[2]) == ("王*雨", "329*************15")


def test_numbers_in_full_want_a_reason(session: Session) -> None:
    with pytest.raises(ExportRefused, match="要写明理由"):
        exports.said(" 无 ")
    assert exports.said("录入全国系统 329901201603050015") == "录入全国系统 [证件号]"


def test_a_second_person_approves_and_it_is_taken_once(session: Session) -> None:
    row, first = a_row(session), a_staff_member(session)
    second = a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))
    request = exports.ask(session, asked(row), "report", "录入全国系统", first, A_MONDAY)
    assert exports.ask(session, asked(row), "report", "再点一次", first, A_MONDAY) is request
    with pytest.raises(ExportRefused, match="另一个人"):
        exports.decide(session, request, True, first, A_MONDAY)
    with pytest.raises(ExportRefused, match="没有批准"):
        exports.take(session, request, first, A_MONDAY)
    exports.decide(session, request, True, second, A_MONDAY)
    exports.take(session, request, first, A_MONDAY)
    with pytest.raises(ExportRefused, match="下载一次"):
        exports.take(session, request, first, A_MONDAY)
    session.flush()
    actions = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert [action for action in actions if action.startswith("export")] == ["export_asked", "export_approved"]


def test_an_approval_lapses_after_a_week(session: Session) -> None:
    row, first = a_row(session), a_staff_member(session)
    second = a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))
    request = exports.ask(session, asked(row), "report", "录入全国系统", first, A_MONDAY)
    exports.decide(session, request, True, second, A_MONDAY)
    with pytest.raises(ExportRefused, match="7 天内"):
        exports.take(session, request, first, A_MONDAY + timedelta(days=8))


def test_every_template_says_where_its_columns_are_from() -> None:
    assert all("没有公开" in template.says for template in TEMPLATES.values())
    assert all({"姓名", "身份证件号", "学年", "学期"} <= set(template.headings) for template in TEMPLATES.values())


def test_the_economics_of_each_pupil_are_one_row_and_what_is_not_known_is_empty(session: Session) -> None:
    row = a_row(session)
    wanted, officer = asked(row, "national-family"), a_staff_member(session)
    written = dict(zip(wanted.template.headings, cells(session, wanted)[0], strict=False))
    assert (written["特殊困难类型"], written["认定等级"], written["认定时间"]) == ("城乡低保家庭", "", "")

    back_fills.mark(session, wanted, [row.id], officer, A_MONDAY)
    said = Said(Determination.EXTREME, TODAY)
    record(session, row.pupil, SchoolTerm.parse(TERM), said, officer, A_MONDAY + timedelta(hours=1))

    assert counts(session, wanted) == {"open": 1, "changed": 1}
    (line,) = cells(session, wanted)
    assert line[-5:-2] == ("特别困难", "20260907", "在特殊困难学生名单里")


def test_what_was_typed_of_a_pupil_stays_typed_when_another_row_opens_and_the_first_falls(session: Session) -> None:
    row = a_row(session)
    wanted = asked(row, "national-family")
    back_fills.mark(session, wanted, [row.id], a_staff_member(session), A_MONDAY)
    again = {name: getattr(row, name) for name in COLUMNS}
    later = A_MONDAY + timedelta(days=1)
    session.add(Entitlement(**again, id=UUID(int=0), policy="CMP-FREE", opened_at=later))
    session.flush()
    assert counts(session, wanted) == {"filled": 1}
    row.retracted = True
    session.flush()
    assert counts(session, wanted) == {"filled": 1}


def test_what_a_school_typed_of_a_pupil_stays_typed_when_the_row_it_marked_goes_to_another_school(
    session: Session,
) -> None:
    row = a_row(session)
    wanted, stays = asked(row, "national-family"), {name: getattr(row, name) for name in COLUMNS}
    back_fills.mark(session, wanted, [row.id], a_staff_member(session), A_MONDAY)
    accepted(session, moved(session, row))
    session.add(Entitlement(**stays, policy="CMP-FREE", opened_at=A_MONDAY))
    session.flush()
    set_reach(session, wanted.scope.reach)
    assert counts(session, wanted) == {"filled": 1}


def test_next_years_determination_does_not_ask_for_last_years_again(session: Session) -> None:
    row, officer = a_row(session), a_staff_member(session)
    wanted, next_year = asked(row, "national-family"), SchoolTerm.parse("2027-autumn")
    back_fills.mark(session, wanted, [row.id], officer, A_MONDAY)
    said = Said(Determination.GENERAL, date(2027, 9, 6), "父亲长期生病")
    record(session, row.pupil, next_year, said, officer, A_MONDAY + timedelta(days=364))
    assert counts(session, wanted) == {"filled": 1}
