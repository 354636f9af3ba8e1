"""A gateway with an operator that speaks SMPP, for tests here and in soak/."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.outreach.gateway import report_secret
from tests.outreach.kannel import Running, free_ports, kannel


@pytest.fixture
def port() -> int:
    """Where the portal is to listen for what Kannel tells it."""
    return free_ports(1)[0]


@pytest.fixture
def running(app: Flask, port: int) -> Iterator[Running]:
    with app.app_context():
        door = f"http://127.0.0.1:{port}/reports/kannel/{report_secret('kannel')}"
    with kannel(smpp=True, replies_to=door) as running:
        yield running
