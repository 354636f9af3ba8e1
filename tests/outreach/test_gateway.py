"""A demonstration never reaches a real gateway."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.models import Demonstration
from portal.outreach.gateway import GatewayRefused, gateways_in_use, report_secret
from portal.outreach.gateways.kannel import Kannel
from portal.outreach.gateways.sandbox import Sandbox
from portal.settings import Settings, read_settings
from tests.builders import A_MONDAY

WITH_KANNEL = {
    "PORTAL_GATEWAY": "kannel",
    "KANNEL_URL": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "KANNEL_USERNAME": "portal",
    "KANNEL_PASSWORD": "portal-pw",
    "PORTAL_REPORTS_URL": "http://127.0.0.1:8000/",
}


@pytest.fixture
def with_kannel() -> Settings:
    return read_settings(WITH_KANNEL)


def test_without_a_setting_it_is_the_sandbox(session: Session, app: Flask) -> None:
    assert gateways_in_use(session, app.extensions["settings"]) == (Sandbox(),)


def test_reports_come_to_an_address_nobody_can_guess(session: Session, with_kannel: Settings) -> None:
    (gateway,) = gateways_in_use(session, with_kannel)

    assert isinstance(gateway, Kannel)
    assert gateway.reports_to == f"http://127.0.0.1:8000/reports/kannel/{report_secret('kannel')}"
    assert len(report_secret("kannel")) == 32


def test_a_demonstration_database_refuses_a_real_gateway(session: Session, with_kannel: Settings) -> None:
    session.add(Demonstration(made_at=A_MONDAY))
    session.flush()

    with pytest.raises(GatewayRefused, match="演示数据库"):
        gateways_in_use(session, with_kannel)
