"""信息泄露: what a stolen account looked at is found by the account and the address together."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.database import EVERYTHING, set_reach
from portal.outreach.leaks import Leak, touched_by
from tests.builders import A_MONDAY
from tests.staff.county import StaffCounty, sign_in


@pytest.mark.parametrize(
    ("account", "path"),
    [
        ("sch1", "pupils/{pupil}"), ("sch1", "pupils/{pupil}/trail"), ("cnty", "review/{pair}"),
        ("t4", "contact-tasks/{task}"), ("t4", "my-pupils"), ("t4", "my-pupils/{pupil}"),
    ],
)  # fmt: skip
def test_every_page_that_shows_a_child_tells_by_whom_and_from_which_address(
    client: FlaskClient, session: Session, county: StaffCounty, account: str, path: str
) -> None:
    sign_in(client, account)
    ours = county.ours
    page = client.get(f"/staff/{path.format(pupil=ours.pupil.id, task=ours.task.id, pair=ours.pair.id)}")
    assert page.status_code == 200
    set_reach(session, EVERYTHING)
    leak = Leak(A_MONDAY, A_MONDAY + timedelta(hours=1), f"staff:{account}", "127.0.0.1")
    assert set(touched_by(session, leak)) in ({ours.pupil.id}, {ours.pair.pupil_id})
