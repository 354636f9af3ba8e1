"""``flask gateways``: how they do, where they report, that one is mended, and who reads 企业微信."""

from flask import Flask
from sqlalchemy.orm import Session

from portal.outreach import health
from portal.outreach.gateway import report_secret
from tests.builders import A_MONDAY
from tests.commands import answer, flask, refusal
from tests.outreach.fake_gateway import BROKE, STRANGE


def test_before_anything_was_sent_there_is_nothing_to_tell(app: Flask, session: Session) -> None:
    assert answer(app, "gateways", "state") == {"gateways": []}
    assert "还没有发过消息" in flask(app, "gateways", "state").stdout


def test_a_stopped_gateway_and_a_code_nobody_knows_are_told_and_one_says_mended(app: Flask, session: Session) -> None:
    health.heard(session, "aliyun", [STRANGE, STRANGE, BROKE], A_MONDAY)
    session.commit()

    before = health.overview(session, A_MONDAY)[0].state
    told = answer(app, "gateways", "mended", "aliyun")
    session.rollback()

    assert (before, told) == ("已停，要人处理", {"gateway": "aliyun"})
    assert health.overview(session, A_MONDAY)[0].state == "暂停试探"
    codes = {trouble.code: trouble.times for trouble in health.overview(session, A_MONDAY)[0].troubles}
    assert codes == {"isv.NEVER_SEEN": 2, "isv.AMOUNT_NOT_ENOUGH": 1}


def test_every_supplier_that_reports_has_a_door_with_a_secret(app: Flask, session: Session) -> None:
    told = answer(app, "gateways", "doors")

    assert set(told) == {"kannel", "aliyun", "tencent", "wechat"}
    assert told["kannel"].endswith(f"/reports/kannel/{report_secret('kannel')}")
    assert len(set(told.values())) == 4


def test_a_gateway_that_there_is_not_cannot_be_mended(app: Flask, session: Session) -> None:
    assert flask(app, "gateways", "mended", "pigeon").exit_code == 2


def test_without_wecom_no_parents_are_read(app: Flask, session: Session) -> None:
    assert "请在 PORTAL_GATEWAY 里加上 wecom" in refusal(app, "gateways", "parents")
