"""帮扶人 and classes by hand: the keeper gives classes, the school names a helper, the helper logs each contact."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import ContactRecord, PupilHelper, SchoolClass, StaffMember
from tests.conftest import Stranger
from tests.staff.county import StaffCounty, sign_in, token_on


def t4(session: Session) -> StaffMember:
    return session.scalars(select(StaffMember).where(StaffMember.account == "t4")).one()


def test_the_keeper_gives_and_takes_classes_on_the_account_page(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    teacher = t4(session)
    sign_in(client, "keeper")
    path = f"/staff/people/{teacher.id}/classes"
    assert "四年级(2)班" in client.get(path).text
    client.post(path, data={"csrf_token": token_on(client, path)})
    session.expire_all()
    assert session.scalars(select(SchoolClass.staff_id).where(SchoolClass.staff_id.is_not(None))).all() == []


def test_a_school_names_a_helper_who_logs_what_did_not_come_about(
    app: Flask, client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    pupil, teacher = county.ours.pupil, t4(session)
    helper = Stranger(app, app.response_class)
    sign_in(client, "sch1")
    page = f"/staff/pupils/{pupil.id}"
    client.post(f"{page}/helper", data={"csrf_token": token_on(client, page), "staff": teacher.id})
    assert "指定的帮扶人" in client.get(page).text
    assert session.scalars(select(PupilHelper.staff_id)).all() == [teacher.id]
    sign_in(helper, "t4")
    page = f"/staff/my-pupils/{pupil.id}"
    data = {"csrf_token": token_on(helper, page), "channel": "phone", "reached": "no", "answer": ""}
    helper.post(f"{page}/contacts", data=data)
    logged = session.scalars(select(ContactRecord).where(ContactRecord.pupil_id == pupil.id)).one()
    assert (logged.by, logged.reached) == ("staff:t4", False)
