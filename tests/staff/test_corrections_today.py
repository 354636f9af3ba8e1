"""家长说信息不对, closed from 今天 and taken back."""

from urllib.parse import urlparse

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.enrolment.corrections import ABOUTS, NOT_ON_LIST
from portal.models import Correction, Unit
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


def test_an_answer_that_is_refused_stays_where_it_was_written(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    data = {
        "about": "wrong_details",
        "said": county.ours.correction.id,
        "answer": "请补交户口本复印件",
        "csrf_token": token_on(client, "/staff/"),
    }
    answer = client.post("/staff/corrections/settle", data=data)
    assert answer.status_code == 422
    assert "答复里不能要家长交证明" in answer.text and 'value="请补交户口本复印件"' in answer.text
    assert f'value="{county.ours.correction.id}" checked' in answer.text


def test_an_answer_without_a_chosen_family_stays_in_its_open_fold(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    data = {"about": "wrong_details", "answer": "改好了", "csrf_token": token_on(client, "/staff/")}
    answer = client.post("/staff/corrections/settle", data=data)
    assert answer.status_code == 422
    assert "请先勾选要记为核实的" in answer.text and 'value="改好了"' in answer.text
    assert '<details class="fold in-place" open>' in answer.text


def test_a_city_answers_the_families_of_its_own_schools(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    said = session.get_one(Correction, county.ours.correction.id)
    school = session.get_one(Unit, said.school_id)
    said.about, school.parent = NOT_ON_LIST, school.parent.parent if school.parent else None  # 市属
    session.commit()
    sign_in(client, "city")
    assert f"1 家说：{ABOUTS[NOT_ON_LIST].label}" in client.get("/staff/").text
    token = token_on(client, "/staff/")
    client.post(
        "/staff/corrections/settle", data={"csrf_token": token, "said": said.id, "answer": "核对过了，名单没有错"}
    )
    session.expire_all()
    assert said.answer == "核对过了，名单没有错"


def test_the_county_puts_a_disputed_list_to_its_bureau_and_the_school_cannot(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    said = session.get_one(Correction, county.ours.correction.id)
    said.about = NOT_ON_LIST
    session.commit()
    path = f"/staff/corrections/{said.id}/ask-bureau"
    sign_in(client, "sch1")
    assert client.post(path, data={"csrf_token": token_on(client, "/staff/")}).status_code == 403
    client.post("/staff/sign-out", data={"csrf_token": token_on(client, "/staff/")})
    sign_in(client, "cnty")
    pupil_page = f"/staff/pupils/{said.pupil_id}"
    assert "有异议，未计入统计" in client.get(pupil_page).text
    client.post(path, data={"csrf_token": token_on(client, pupil_page)})
    assert "已请部门核实 1 条" in client.get(pupil_page).text
    assert "另有 1 名台账学生的家长说名单弄错了" in client.get("/staff/statistics").text
