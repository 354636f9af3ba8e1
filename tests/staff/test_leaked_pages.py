"""信息泄露: what a stolen account looked at is found by the account and the address together."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.database import EVERYTHING, set_reach
from portal.models import ContactTask
from portal.outreach.leaks import Leak, touched_by
from portal.privacy.masking import mask_phone
from portal.vocabulary import ContactTaskKind
from tests.builders import A_MONDAY, TERM
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


def test_the_page_of_a_shared_number_touches_all_who_stand_beside_it(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    ours = county.ours.pupil
    task = ContactTask(
        kind=ContactTaskKind.NUMBERS, school_id=ours.school_id, term=TERM, phone_index=ours.guardians[0].phone_index,
        assignee="周老师", because="补全2户电话", opened_at=A_MONDAY, due_on=A_MONDAY.date(),
    )  # fmt: skip
    session.add(task)
    session.commit()
    sign_in(client, "sch1")
    page = client.get(f"/staff/contact-tasks/{task.id}").text
    set_reach(session, EVERYTHING)
    touched = touched_by(session, Leak(A_MONDAY, A_MONDAY + timedelta(hours=1), "staff:sch1", "127.0.0.1"))
    assert ours.id in touched
    assert mask_phone(ours.guardians[0].phone or "") in page  # so that one knows whose number that is
