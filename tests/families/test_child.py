from io import BytesIO
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, Confirmation, Correction, Entitlement
from portal.vocabulary import EntitlementState
from tests.builders import a_pupil
from tests.families.forms import post, sign_in, token_of
from tests.families.people import a_listed_child, a_payment, a_slip

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def mother(session: Session, client: FlaskClient) -> FlaskClient:
    sign_in(client, a_slip(session, a_listed_child(session)))
    return client


def row_of(session: Session) -> Entitlement:
    session.expire_all()
    return session.scalars(select(Entitlement)).one()


def test_without_a_slip_every_page_of_the_child_leads_to_signing_in(client: FlaskClient) -> None:
    for path in ("/child", "/child/1/correct", "/child/1/proof", f"/child/not-received/{uuid4()}"):
        assert client.get(path).location == "/sign-in"


def test_a_confirmation_sent_again_is_the_same_confirmation(session: Session, mother: FlaskClient) -> None:
    for _ in range(3):
        assert post(mother, "/child/1/confirm").location == "/child"
    assert session.scalars(select(Confirmation.in_school)).all() == [True]


def test_nothing_is_changed_without_the_token_or_by_an_address(session: Session, mother: FlaskClient) -> None:
    assert mother.post("/child/1/confirm").status_code == 400
    assert mother.get("/child/1/confirm").status_code == 405
    assert session.scalars(select(Confirmation)).all() == []


def test_money_said_to_be_missing_may_be_found_and_said_to_be_there_may_be_missing(
    session: Session, mother: FlaskClient
) -> None:
    a_payment(session)
    row = row_of(session)
    assert "还没有发放记录" not in mother.get("/child/1/money").text
    post(mother, f"/child/not-received/{row.id}")
    assert "后来收到了" in mother.get("/child").text
    post(mother, f"/child/received/{row.id}")
    assert row_of(session).state is EntitlementState.RECEIVED
    for page in ("/child", "/child/1/money"):
        said = mother.get(page).text
        assert (f"/child/not-received/{row.id}" in said, "还没有发放记录" in said) == (True, False), page


@pytest.mark.parametrize("with_token", [True, False])
def test_a_file_sent_by_hand_is_refused_and_recorded(session: Session, mother: FlaskClient, with_token: bool) -> None:
    token = {"csrf_token": token_of(mother, "/message")} if with_token else {}
    fields = {**token, "about": "other", "words": (BytesIO(b"%PDF"), "proof.pdf")}
    answer = mother.post("/child/1/correct", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "不用交证明" in answer.text
    assert "proof_refused" in session.scalars(select(AuditEntry.action)).all()


def test_another_childs_row_is_not_found(session: Session, client: FlaskClient) -> None:
    a_listed_child(session)
    other = row_of(session)
    stranger = a_pupil(session, name="孙安", id_number="329901201809170039", guardian="孙红", phone="19900000006")
    sign_in(client, a_slip(session, stranger), "20180917")
    assert client.get(f"/child/not-received/{other.id}").status_code == 404
    assert post(client, f"/child/received/{other.id}").status_code == 404
    assert row_of(session).state == "matched"


def test_received_before_anything_was_paid_changes_nothing_and_says_so(session: Session, mother: FlaskClient) -> None:
    post(mother, f"/child/received/{row_of(session).id}")
    assert "还没有发放记录" in mother.get("/child").text
    assert row_of(session).state == "matched"


def test_less_than_due_stays_open_after_received(session: Session, mother: FlaskClient) -> None:
    a_payment(session, yuan=400)
    post(mother, f"/child/received/{row_of(session).id}")
    assert "还差100元" in mother.get("/child").text
    assert row_of(session).closed_on is None


@pytest.mark.parametrize(
    ("about", "in_school", "wants_aid"), [("not_in_school", False, True), ("no_aid_wanted", True, False)]
)
def test_a_no_is_kept_closes_nothing_and_can_be_taken_back(
    session: Session, mother: FlaskClient, about: str, in_school: bool, wants_aid: bool
) -> None:
    post(mother, "/child/1/correct", about=about, words="")
    kept = session.scalars(select(Confirmation)).one()
    assert (kept.in_school, kept.wants_aid, row_of(session).closed_on) == (in_school, wants_aid, None)
    post(mother, "/child/1/confirm")
    assert "您说：孩子在校，需要资助" in mother.get("/child").text


def test_what_is_wrong_is_kept_with_its_words_sealed(session: Session, mother: FlaskClient) -> None:
    post(mother, "/child/1/correct", about="wrong_details", words="名字写错了")
    correction = session.scalars(select(Correction)).one()
    assert (correction.about, correction.words) == ("wrong_details", "名字写错了")
    assert "名字".encode() not in (correction.words_sealed or b"")


def test_too_many_words_are_told_beside_the_field(mother: FlaskClient) -> None:
    assert "请不超过200个字" in post(mother, "/child/1/proof", words="长" * 201).text


def test_no_choice_is_told_beside_the_choices(session: Session, mother: FlaskClient) -> None:
    assert "请选一项：哪里不对" in post(mother, "/child/1/correct", words="").text
    assert session.scalars(select(Correction)).all() == []
