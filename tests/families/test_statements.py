"""How much a page asks of the database."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.families.forms import sign_in
from tests.families.people import a_listed_child, a_payment, a_slip
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("monday")

MOST = 3
"""Visitor with what it may reach, all that is known of the child, its ledger with payments."""


@pytest.mark.parametrize(
    "path", ["/", "/check", "/policies", "/policies/for/senior", "/policies/HIGH-GRANT", "/message"]
)
def test_an_open_page_asks_nothing_of_the_database(session: Session, client: FlaskClient, path: str) -> None:
    client.get(path)  # the minute in which open pages know the local standards begins
    with statements() as sent:
        client.get(path)
    assert sent == []


def test_the_childs_page_takes_few_statements(session: Session, client: FlaskClient) -> None:
    child = a_listed_child(session)
    a_payment(session)
    sign_in(client, a_slip(session, child))
    client.get("/child")
    with statements() as sent:
        client.get("/child")
    assert len(sent) <= MOST, "\n".join(sent)
