from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.scope import NotInScope, scope_of
from portal.coverage import progress
from portal.coverage.lists import EVERYTHING, LedgerFilter, ledger_lines
from portal.coverage.pupil_file import PupilFile, pupil_file
from portal.enrolment import corrections
from portal.enrolment.confirmation import confirm
from portal.models import AuditEntry, Entitlement, Unit
from portal.vocabulary import EntitlementState, UnitLevel
from tests.builders import A_MONDAY, TERM, a_county, a_pupil
from tests.coverage.builders import CATALOGUE, a_match, a_row, opened

TODAY = date(2026, 9, 7)


def listed(session: Session, unit: Unit, wanted: LedgerFilter = EVERYTHING, today: date = TODAY) -> list[str]:
    return [line.masked_name for line in ledger_lines(session, scope_of(unit), TERM, CATALOGUE, today, wanted).lines]


def file_of(session: Session, row: Entitlement, level: UnitLevel = UnitLevel.SCHOOL) -> PupilFile:
    return pupil_file(session, scope_of(row.school), row.pupil_id, level, CATALOGUE, TODAY, "staff:sch1", "")


def test_a_line_says_everything_with_the_name_masked(session: Session) -> None:
    row = a_row(session)
    line = ledger_lines(session, scope_of(row.school), TERM, CATALOGUE, TODAY).lines[0]
    assert (line.masked_name, line.class_words, line.policy_name) == (
        "王*雨",
        "四年级(2)班",
        "义务教育家庭经济困难学生生活补助",
    )
    assert (line.due_yuan, line.reason_label, line.owner, line.overdue) == (
        500,
        "手续、发放中（待补发）",
        "学校",
        False,
    )


@pytest.mark.parametrize(
    ("wanted", "today", "found"),
    [
        (LedgerFilter(state=EntitlementState.MATCHED), TODAY, 1),
        (LedgerFilter(state=EntitlementState.PAID), TODAY, 0),
        (LedgerFilter(policy="CMP-LIVE", reason="R16", open_only=True), TODAY, 1),
        (LedgerFilter(owner=UnitLevel.COUNTY), TODAY, 0),
        (LedgerFilter(unaided=True), TODAY, 1),
        (LedgerFilter(overdue=True), TODAY, 0),
        (LedgerFilter(overdue=True), date(2026, 9, 21), 1),
        (LedgerFilter(school_code="3299010001"), TODAY, 1),
        (LedgerFilter(school_code="3299010002"), TODAY, 0),
    ],
)
def test_filters_narrow_the_list(session: Session, wanted: LedgerFilter, today: date, found: int) -> None:
    assert len(listed(session, a_row(session).school, wanted, today)) == found


def test_a_page_beyond_the_last_is_the_last(session: Session) -> None:
    for number in range(51):
        a_match(session, a_pupil(session, name=f"学生{number}", id_number=None))
    opened(session)
    page = ledger_lines(session, scope_of(a_county(session)), TERM, CATALOGUE, TODAY, page=9)
    assert (page.total, page.page, page.pages, len(page.lines)) == (51, 2, 2, 1)


def test_a_neighbour_sees_no_line(session: Session) -> None:
    a_row(session)
    assert listed(session, a_county(session, "329902", "邻县")) == []


def test_a_pupils_file_is_masked_and_complete(session: Session) -> None:
    row = a_row(session)
    confirm(session, row.pupil, TERM, True, True, "family", A_MONDAY)
    progress.note_answered(session, row.pupil_id, TERM, True, True, "family", A_MONDAY)
    session.flush()
    session.expire_all()
    file = file_of(session, row)
    assert (file.masked_name, file.masked_number) == ("王*雨", "329*************15")
    assert [(guardian.masked_name, guardian.masked_phone) for guardian in file.guardians] == [("王*", "199****0001")]
    assert file.confirmed.startswith("2026年9月7日家长确认：在校，需要资助。回执号 ")
    assert [change.state.value for change in file.rows[0].changes] == ["matched", "verified", "reached"]
    match = file.matches[0]
    assert (match.category, match.because) == ("城乡低保家庭", "证件号一致，姓名一致")
    assert (match.register, match.on) == ("示例县民政局 2026年8月", A_MONDAY.date())


def test_reading_a_file_is_recorded(session: Session) -> None:
    file_of(session, a_row(session))
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor) == ("read", "staff:sch1")


def test_what_was_told_the_county_about_the_school_is_not_in_the_schools_file(session: Session) -> None:
    row = a_row(session)
    corrections.record(session, row.pupil, TERM, "asked_for_proof", "", "family", A_MONDAY)
    assert file_of(session, row).corrections == ()
    assert len(file_of(session, row, UnitLevel.COUNTY).corrections) == 1


def test_a_pupil_elsewhere_is_not_there_and_leaves_no_entry(session: Session) -> None:
    a_row(session)
    neighbour = scope_of(a_county(session, "329902", "邻县"))
    for pupil_id in (session.scalars(select(Entitlement.pupil_id)).one(), uuid4()):
        with pytest.raises(NotInScope):
            pupil_file(session, neighbour, pupil_id, UnitLevel.COUNTY, CATALOGUE, TODAY, "staff:cnty2", "")
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0
