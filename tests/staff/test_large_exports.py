"""J12(d) at its size: three thousand rows leave masked and one's own; with their numbers only when two agree."""

import csv
import io
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, EnrolmentRecord, Entitlement, ExportRequest, Pupil
from portal.privacy.resident_id import check_digit_of
from portal.vocabulary import ClaimMode, EntitlementState, Role, UnitLevel
from tests.builders import A_MONDAY, TERM, a_staff_member
from tests.staff.county import StaffCounty, sign_in, token_on

OTHERS = 2_999
PAGE = "/staff/back-fill?template=library"
EXPORT = "/staff/back-fill/export?template=library"


def number(place: int) -> str:
    body = f"3299012014{place // 700 + 1:02d}{place // 25 % 28 + 1:02d}{place % 25:03d}"
    return body + check_digit_of(body)


def many(session: Session, county: StaffCounty) -> None:
    """Each with a row of its own at the school of 王小雨."""
    ours = county.ours
    for place in range(OTHERS):
        pupil = Pupil(
            school_id=ours.pupil.school_id, name="李小明", id_number=number(place), id_certain=True, arrived_at=A_MONDAY
        )
        of_pupil = {"pupil_id": pupil.id, "school_id": pupil.school_id, "term": TERM}
        enrolled = EnrolmentRecord(**of_pupil, intake_id=ours.intake.id, roster_row=str(place), grade="四年级")
        row = Entitlement(
            **of_pupil, policy="CMP-LIVE", state=EntitlementState.MATCHED, claim_mode=ClaimMode.AUTO, due_yuan=500,
            paid_yuan=0, version_from=A_MONDAY.date(), reason="R16", owner_level=UnitLevel.SCHOOL, next_step="核实",
            next_step_due=A_MONDAY.date(), opened_at=A_MONDAY,
        )  # fmt: skip
        session.add_all((pupil, enrolled, row))
    session.commit()


@pytest.fixture
def crowded(session: Session, county: StaffCounty) -> StaffCounty:
    a_staff_member(session, "sch1b", Role.SCHOOL_OFFICER, county.units["school"], name="李老师")
    many(session, county)
    return county


def ask(client: FlaskClient, path: str, **data: str):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": token_on(client, "/staff/password"), **data})


def test_three_thousand_rows_leave_masked_and_are_in_the_trail(
    client: FlaskClient, session: Session, crowded: StaffCounty
) -> None:
    sign_in(client, "sch1")
    answer = ask(client, EXPORT, purpose="report", form="csv", numbers="masked")
    _, *rows = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert (len(rows), {row[2][3:-2] for row in rows}) == (OTHERS + 1, {"*" * 13})
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "exported")).one()
    assert (told.detail["rows"], told.detail["numbers"], told.detail["purpose"]) == (OTHERS + 1, "masked", "report")


def test_with_their_numbers_they_leave_once_a_second_person_agreed(
    client: FlaskClient, session: Session, crowded: StaffCounty
) -> None:
    sign_in(client, "sch1")
    asked = ask(client, EXPORT, purpose="report", form="xlsx", numbers="plain", why="录入就学信息库")
    assert asked.status_code == 302
    request_id: UUID = session.scalars(select(ExportRequest.id).where(ExportRequest.rows == OTHERS + 1)).one()
    assert ask(client, f"/staff/export-requests/{request_id}/decision", approve="1").status_code == 302
    assert "另一个人批准" in client.get(PAGE).text
    ask(client, "/staff/sign-out")
    sign_in(client, "sch1b")
    ask(client, f"/staff/export-requests/{request_id}/decision", approve="1")
    ask(client, "/staff/sign-out")
    sign_in(client, "sch1")
    taken = ask(client, f"/staff/export-requests/{request_id}/file")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(taken.get_data())).get_sheet_by_index(0)
    numbers = {row[2] for row in sheet.to_python()[1:]}
    assert (len(numbers), number(0) in numbers) == (OTHERS + 1, True)
    assert ask(client, f"/staff/export-requests/{request_id}/file").status_code == 302
