"""What stands before every page, tried from outside."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.blueprints.guards import STRANGERS_MOST
from portal.blueprints.headers import HEADERS
from portal.models import AuditEntry
from tests.builders import a_staff_member
from tests.families.forms import post, sign_in, token_of
from tests.families.people import a_listed_child, a_slip
from tests.staff.county import sign_in as sign_in_as_staff

pytestmark = pytest.mark.usefixtures("monday")

TAKES_NO_FILE = [
    "/sign-in",
    "/check",
    "/check/home",
    "/elder",
    "/child/1/confirm",
    "/child/1/correct",
    "/child/1/proof",
    "/child/1/not-needed",
    "/child/1/copy",
    "/child/1/erase",
    "/sign-in/code",
    "/sign-in/code/enter",
    "/child/wechat",
    "/sign-out",
]


def a_photo(size: int = 5) -> tuple[BytesIO, str]:
    return BytesIO(b"x" * size), "低保证.jpg"


@pytest.mark.parametrize("path", TAKES_NO_FILE)
def test_no_page_for_families_takes_a_file(session: Session, client: FlaskClient, path: str) -> None:
    child = a_listed_child(session)
    sign_in(client, a_slip(session, child))
    token = token_of(client, "/child")
    answer = client.post(path, data={"csrf_token": token, "proof": a_photo(5_000_000)})
    assert answer.status_code == 422
    assert "不用交证明" in answer.text
    noted = session.scalars(select(AuditEntry.pupil_id).where(AuditEntry.action == "proof_refused")).all()
    assert noted == [child.id]


def test_a_file_from_nobody_is_refused_and_noted_too(session: Session, client: FlaskClient) -> None:
    answer = client.post("/check", data={"csrf_token": token_of(client), "proof": a_photo()})
    assert answer.status_code == 422
    assert session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "proof_refused")).all() == ["nobody"]


def test_who_is_not_signed_in_cannot_fill_the_memory(client: FlaskClient) -> None:
    long = {"file": a_photo(STRANGERS_MOST + 1)}
    assert client.post("/sign-in", data=long).status_code == 413
    late = client.post("/staff/intake/roster", data={"file": a_photo(STRANGERS_MOST + 1)})
    assert (late.status_code, late.location) == (302, "/staff/sign-in")


def test_a_sign_in_ends_the_one_before_it_in_the_same_browser(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    a_staff_member(session, "sch1")
    sign_in(client, a_slip(session, a_listed_child(session)))
    mothers = client.get_cookie("sid")
    assert mothers
    sign_in_as_staff(client, "sch1")
    assert client.get("/staff/").status_code == 200
    client.set_cookie("sid", mothers.value)
    assert client.get("/child").location == "/sign-in"


def test_after_signing_out_the_back_button_finds_nothing(session: Session, client: FlaskClient) -> None:
    sign_in(client, a_slip(session, a_listed_child(session)))
    assert post(client, "/sign-out", page="/child").headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_those_that_are_not(client: FlaskClient, method: str) -> None:
    answer = client.open("/policies", method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_text_that_no_keyboard_writes_is_no_fault_of_ours(client: FlaskClient) -> None:
    data = {"account": "a\0b", "password": "x", "csrf_token": token_of(client, "/staff/sign-in")}
    assert client.post("/staff/sign-in", data=data).status_code == 400


@pytest.mark.parametrize("site", ["cross-site"])
def test_a_form_from_elsewhere_is_refused_even_with_its_token(client: FlaskClient, site: str) -> None:
    data = {"csrf_token": token_of(client), "on": "1", "back": "/"}
    assert client.post("/elder", data=data, headers={"Sec-Fetch-Site": site}).status_code == 403
    assert client.post("/elder", data=data).status_code == 302


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/child", "/staff/", "/static/families.css", "/static/none.css", "/reports/kannel/x"]
)
def test_every_answer_says_what_a_browser_may_do_with_it(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    again = client.get(path, headers={"If-None-Match": answer.headers.get("ETag", "")})
    assert {name: again.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "back", ["//evil", "/\\evil", "https://evil", "/\t/evil", "///evil", "javascript:alert(1)", "/\r\nSet-Cookie: a=b"]
)
def test_the_way_back_never_leads_elsewhere(client: FlaskClient, back: str) -> None:
    assert post(client, "/elder", on="1", back=back).location == "/"


def test_a_host_that_is_not_ours_gets_no_page(app: Flask) -> None:
    settings = replace(app.extensions["settings"], public_url="https://aid.example")
    client = create_app(settings).test_client()
    assert client.get("/check", base_url="https://aid.example").status_code == 200
    answer = client.get("/check", base_url="https://evil.example")
    assert answer.status_code == 400 and "网址不对" in answer.text
