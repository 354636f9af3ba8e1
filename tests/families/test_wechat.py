"""用微信登录 against a server that asks for what WeChat asks for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.models import Pupil, WechatBinding
from portal.suppliers import WechatAccount
from tests.builders import A_MONDAY, a_pupil
from tests.families.forms import post, sign_in
from tests.families.people import a_brother, a_listed_child, a_slip, show_slip
from tests.families.wechat_stub import APP_ID, APP_SECRET, Wechat, running
from tests.pages import PHONE, Opener, look_plain, small_targets


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(A_MONDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def wechat(app: Flask) -> Iterator[Wechat]:
    before = app.extensions["settings"]
    with running() as wechat:
        account = WechatAccount(APP_ID, APP_SECRET, "", "", url=wechat.url, open_url=wechat.url)
        app.extensions["settings"] = replace(before, suppliers=replace(before.suppliers, wechat=account))
        yield wechat
        app.extensions["settings"] = before


def way_back(client: FlaskClient) -> str:
    """To WeChat and back: the path and query with which it sends the phone to us."""
    there = client.get("/wechat").location
    assert there.endswith("#wechat_redirect")
    asked = urlsplit(there)
    connection = HTTPConnection(asked.netloc)
    connection.request("GET", f"{asked.path}?{asked.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{back.path}?{back.query}"


def bind(session: Session, client: FlaskClient, child: Pupil, birth_date: str = "20160305") -> TestResponse:
    sign_in(client, a_slip(session, child), birth_date)
    assert client.get(way_back(client)).location == "/child/wechat"
    answer = post(client, "/child/wechat", page="/child/wechat")
    post(client, "/sign-out", page="/child")
    return answer


def test_bound_once_it_opens_the_children_and_the_openid_is_sealed(
    session: Session, client: FlaskClient, wechat: Wechat
) -> None:
    child = a_listed_child(session)
    a_brother(session)
    assert bind(session, client, child).location == "/child"
    assert client.get(way_back(client)).location == "/child"
    assert "王小川" in client.get("/child").text
    bindings = session.scalars(select(WechatBinding)).all()
    assert {binding.openid for binding in bindings} == {"oMother"}
    assert b"oMother" not in b"".join(binding.openid_sealed for binding in bindings)


def test_nothing_is_bound_before_the_family_agrees(session: Session, client: FlaskClient, wechat: Wechat) -> None:
    sign_in(client, a_slip(session, a_listed_child(session)))
    client.get(way_back(client))
    assert session.scalars(select(WechatBinding)).all() == []
    assert "同意并绑定" in client.get("/child/wechat").text


def test_a_stranger_with_wechat_reads_what_everybody_reads(client: FlaskClient, wechat: Wechat) -> None:
    answer = client.get(way_back(client))
    assert answer.status_code == 200
    assert "这个微信还没有绑定" in answer.text


@pytest.mark.parametrize("wrong", ["state", "no state", "twice", "late"])
def test_a_way_that_is_not_ours_or_was_gone_before_leads_nowhere(
    session: Session, client: FlaskClient, wechat: Wechat, wrong: str, clock: time_machine.Traveller
) -> None:
    bind(session, client, a_listed_child(session))
    back = way_back(client)
    if wrong == "twice":
        client.get(back)
        post(client, "/sign-out", page="/child")
    if wrong == "late":
        clock.shift(timedelta(minutes=5, seconds=1))
    path = {"state": f"{back}x", "no state": back.partition("&state")[0]}.get(wrong, back)
    assert "微信没有确认" in client.get(path).text
    assert client.get("/child").location == "/sign-in"


def test_a_snapshot_page_is_nobody(session: Session, client: FlaskClient, wechat: Wechat) -> None:
    wechat.snapshot = True
    bind(session, client, a_listed_child(session))
    assert session.scalars(select(WechatBinding)).all() == []


def test_ended_it_opens_nothing(session: Session, client: FlaskClient, wechat: Wechat) -> None:
    child = a_listed_child(session)
    bind(session, client, child)
    client.get(way_back(client))
    post(client, "/child/wechat/end", page="/child")
    post(client, "/sign-out", page="/child")
    assert "还没有绑定" in client.get(way_back(client)).text


def test_a_mothers_wechat_no_longer_opens_her_daughter_from_eighteen_on(
    session: Session, client: FlaskClient, wechat: Wechat
) -> None:
    daughter = a_pupil(session, name="王小燕", id_number="329901200809080021")
    bind(session, client, daughter, "20080908")
    with time_machine.travel(A_MONDAY + timedelta(days=1), tick=True):
        assert "还没有绑定" in client.get(way_back(client)).text


def test_without_an_account_of_ours_nothing_is_offered(session: Session, client: FlaskClient) -> None:
    assert client.get("/wechat").status_code == 404
    assert "微信" not in client.get("/sign-in").text


@pytest.mark.parametrize("elder", [False, True])
def test_the_pages_of_wechat_are_as_plain_as_the_others(
    session: Session, open_page: Opener, wechat: Wechat, elder: bool
) -> None:
    page = open_page(PHONE)
    if elder:
        page.goto("/")
        page.get_by_role("button", name="大字").click()
    for name, path in (("sign-in-wechat", "/sign-in"), ("wechat-failed", "/wechat/return"), ("bind", "/child/wechat")):
        if name == "bind":
            show_slip(page, a_slip(session, a_listed_child(session)))
        page.goto(path)
        look_plain(page, f"{name}{'-elder' if elder else ''}")
        assert small_targets(page, 60 if elder else 48) == []
