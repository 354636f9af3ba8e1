"""What families write back: read, dealt with, and a 退订 taken back."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, Message, MessagePupil
from portal.outreach.opt_outs import REPLY, opt_out
from portal.outreach.reminders import plan
from portal.vocabulary import Channel
from tests.builders import A_MONDAY
from tests.conftest import Stranger
from tests.staff.county import StaffCounty, sign_in, token_on


def test_what_a_family_writes_back_waits_until_the_school_has_dealt_with_it(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    session.add(
        MessagePupil(
            message_id=county.ours.message.id, pupil_id=county.ours.pupil.id, school_id=county.ours.pupil.school_id
        )
    )
    county.ours.reply.text = "是真的吗？请打13912345678"
    session.commit()
    client, address = Stranger(app, app.response_class), f"/staff/pupils/{county.ours.pupil.id}"
    sign_in(client, "sch1")
    listed = client.get("/staff/contact-tasks").text
    token = token_on(client, "/staff/contact-tasks")
    assert "是真的吗？请打[手机号]" in listed and f'<a href="{address}">王*雨</a>' in listed
    assert "1 条家长回复等答复" in client.get("/staff/").text and "等答复" in client.get(address).text

    done = {"csrf_token": token, "who": "stranger"}
    assert client.post(f"/staff/replies/{county.ours.reply.id}", data=done).status_code == 302
    assert "是真的吗" not in client.get("/staff/contact-tasks").text
    reads = select(AuditEntry).where(AuditEntry.detail["whose"].contains([str(county.ours.pupil.id)]))
    assert [entry.actor for entry in session.scalars(reads)] == ["staff:sch1"] * 2


def test_a_family_that_wants_to_hear_again_is_written_to_again(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    pupil = county.ours.pupil
    opt_out(session, pupil.guardians[0].phone_index or b"", Channel.SMS, REPLY, A_MONDAY)
    session.commit()
    sign_in(client, "sch1")
    address = f"/staff/pupils/{pupil.id}"
    assert "家长说要再收" in client.get(address).text

    client.post(f"{address}/opt-in", data={"csrf_token": token_on(client, address), "number": "phone-1"})
    assert "家长说要再收" not in client.get(address).text
    ended = select(AuditEntry.actor).where(AuditEntry.action == "opted_in", AuditEntry.pupil_id == pupil.id)
    assert session.scalars(ended).all() == ["staff:sch1"]
    plan(session, A_MONDAY, "sandbox")
    assert session.scalars(select(Message).where(Message.matter.startswith("enrolment"))).all()
