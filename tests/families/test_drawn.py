"""Open pages are drawn once for everybody, and hold nothing of whoever asked first."""

from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import meta

from portal.blueprints.families import drawn
from portal.blueprints.families.drawn import EDITION, drawn_once
from tests.builders import A_MONDAY
from tests.conftest import Stranger

OPEN_TEMPLATES = ["home", "privacy", "question", "result", "policies", "policies_of", "policy"]
OF_A_VISITOR = {"current_user", "session", "g", "get_flashed_messages", "config", "csrf_token"}


def visited(app: Flask, path: str, text: str, facts: object = ()) -> str:
    with app.test_request_context(path):
        return drawn_once(facts, lambda: text)


def test_the_second_visitor_gets_the_same_page_and_neither_gets_a_cookie(app: Flask) -> None:
    first, second = (Stranger(app, app.response_class).get("/check") for _ in range(2))
    assert first.data == second.data
    assert "Set-Cookie" not in first.headers
    assert "Set-Cookie" not in second.headers


def test_without_a_token_nothing_is_posted_but_what_lies_in_the_phone(app: Flask) -> None:
    stranger = Stranger(app, app.response_class)
    assert stranger.post("/check", data={"choice": "junior"}).location == "/check/home"
    assert stranger.post("/elder", data={"on": "1", "back": "/check"}).location == "/check"
    assert stranger.post("/message", data={}).status_code == 400
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert stranger.post("/elder", data={"on": "1"}, headers=foreign).status_code == 403


def test_large_print_is_another_page(client: FlaskClient) -> None:
    plain = client.get("/check").text
    client.set_cookie("elder", "1")
    assert "data-weui-mode" in client.get("/check").text
    assert "data-weui-mode" not in plain


def test_other_facts_another_address_and_another_day_are_drawn_anew(app: Flask) -> None:
    with time_machine.travel(A_MONDAY):
        assert visited(app, "/privacy", "one") == visited(app, "/privacy", "not drawn") == "one"
        assert visited(app, "/privacy", "two", facts="other") == visited(app, "/policies", "two") == "two"
    with time_machine.travel(A_MONDAY + timedelta(days=1)):
        assert visited(app, "/privacy", "tomorrow") == "tomorrow"


def test_no_more_pages_are_kept_than_fit(app: Flask) -> None:
    with time_machine.travel(A_MONDAY + timedelta(days=2)):
        for number in range(drawn.MOST + 1):
            visited(app, "/privacy", "page", facts=number)
        assert len(app.extensions[EDITION].pages) == drawn.MOST
        assert visited(app, "/privacy", "drawn anew", facts=0) == "drawn anew"


def test_no_open_page_names_anything_of_a_visitor(app: Flask) -> None:
    names, waiting, read = set[str](), [f"families/{name}.html" for name in OPEN_TEMPLATES], set[str]()
    while waiting:
        template = waiting.pop()
        read.add(template)
        source = app.jinja_env.loader.get_source(app.jinja_env, template)[0]  # type: ignore[union-attr]
        tree = app.jinja_env.parse(source)
        names |= meta.find_undeclared_variables(tree)
        waiting += [each for each in meta.find_referenced_templates(tree) if each and each not in read]
    assert "families/base.html" in read
    assert names & OF_A_VISITOR == set()
