"""困难类别 on its page: the province adds, a list is read by it, nothing written is lost."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.models import HardshipCategory
from tests.staff.county import StaffCounty, sign_in, token_on

SAID = {"code": "relapse", "name": "防止返贫致贫对象", "aliases": "返贫监测户", "bureau": "农业农村"}


@pytest.fixture
def as_before(session: Session) -> Iterator[None]:
    """Categories outlive a test: they are the migrations'."""
    yield
    session.rollback()
    session.execute(delete(HardshipCategory).where(HardshipCategory.code == "RELAPSE"))
    session.commit()


@pytest.mark.usefixtures("as_before")
def test_the_province_adds_a_category_that_deliveries_may_choose(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "prov")
    data = SAID | {"csrf_token": token_on(client, "/staff/categories")}
    assert client.post("/staff/categories", data=data).status_code == 302
    assert "防止返贫致贫对象" in client.get("/staff/categories").text
    assert "全是：防止返贫致贫对象" in client.get("/staff/intake/register").text


def test_what_is_refused_stays_in_its_fields(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "prov")
    data = SAID | {"code": "DIBAO", "csrf_token": token_on(client, "/staff/categories")}
    answer = client.post("/staff/categories", data=data)
    assert answer.status_code == 422
    assert "代码 DIBAO 已经有了" in answer.text and 'value="返贫监测户"' in answer.text


def test_what_is_wrong_is_said_beside_its_own_field(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "prov")
    data = SAID | {"aliases": "（孤儿）", "csrf_token": token_on(client, "/staff/categories")}
    answer = client.post("/staff/categories", data=data)
    assert answer.status_code == 422
    assert 'id="aliases-wrong">“（孤儿）”已经是类别 ORPHAN 的叫法' in answer.text
