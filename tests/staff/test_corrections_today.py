"""家长说信息不对, closed from 今天 and taken back."""

from urllib.parse import urlparse

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Correction
from tests.staff.county import StaffCounty, sign_in, token_on


def test_what_a_family_said_is_closed_in_place_and_taken_back(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    said = county.ours.correction.id
    sign_in(client, "sch1")
    assert "1 家说：姓名、年级、班级等信息不对" in client.get("/staff/").text
    token = token_on(client, "/staff/")
    done = client.post("/staff/corrections/settle", data={"csrf_token": token, "said": said, "answer": "改好了"})
    session.expire_all()
    assert session.get_one(Correction, said).answer == "改好了"
    page = client.get(done.headers["Location"]).text
    assert "已核实 1 家说的情况" in page
    act = urlparse(done.headers["Location"]).query.partition("settled=")[2]
    client.post(f"/staff/corrections/settled/{act}/undo", data={"csrf_token": token})
    session.expire_all()
    assert session.get_one(Correction, said).settled_at is None
