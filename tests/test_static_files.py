"""Style sheets and scripts over the wire: small, marked by their content, kept by the browser."""

import gzip

import pytest
from flask.testing import FlaskClient

from portal.blueprints.static_files import FOLDER, asset

PACKED = {"Accept-Encoding": "gzip"}
SHEET = "families.css"


def address() -> str:
    found = asset(SHEET)
    assert found
    return f"/static/{SHEET}?v={found.mark}"


def test_a_page_names_its_sheet_by_the_mark_of_its_content(client: FlaskClient) -> None:
    assert address() in client.get("/").text


def test_what_is_named_by_its_mark_is_kept_for_a_year(client: FlaskClient) -> None:
    assert client.get(address()).headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("wrong", ["", "?v=", "?v=000000000000"])
def test_what_is_named_otherwise_is_asked_for_again(client: FlaskClient, wrong: str) -> None:
    assert client.get(f"/static/{SHEET}{wrong}").headers["Cache-Control"] == "no-cache"


def test_who_can_unpack_gets_it_packed_and_others_as_it_is(client: FlaskClient) -> None:
    packed, plain = client.get(address(), headers=PACKED), client.get(address())
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data == (FOLDER / SHEET).read_bytes()
    # by no cookie: a family that signs in or wants large letters would fetch it again
    assert {packed.headers["Vary"], plain.headers["Vary"]} == {"Accept-Encoding"}


def test_what_the_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    mark = client.get(address(), headers=PACKED).headers["ETag"]
    answer = client.get(address(), headers={**PACKED, "If-None-Match": mark})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("name", ["none.css", "../settings.py", "%2e%2e/settings.py", "vendor", "/etc/passwd", "a%00b"])
def test_nothing_but_the_folders_files_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code in (404, 400, 308)


def test_a_page_is_not_compressed_beside_its_token(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/sign-in", headers=PACKED).headers
