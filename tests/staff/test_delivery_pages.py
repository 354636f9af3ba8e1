"""J12f in a browser: a bureau delivers in three steps, gets a receipt, and can take its list back."""

import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.database import reach_units, set_reach
from portal.models import Intake, MatchPair, RegisterEntry
from portal.vocabulary import IntakeState
from tests.intake.files import XIAOYU, xlsx
from tests.pages import DESK, Opener, look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty, sign_in, token_on

CARD = "6222000000000000"
HEADINGS = ["姓名", "身份证件号", "困难类别", "银行卡", "有效期止"]
LIST = xlsx(HEADINGS, ["王小雨", XIAOYU, "低保", CARD, "长期"], ["某某", "", "没有这一类", CARD, ""])


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    path = tmp_path / "低保名单.xlsx"
    path.write_bytes(LIST)
    return path


def bring(page: Page, path: Path, batch: str = "2026-09") -> None:
    page.goto("/staff/intake/register")
    page.get_by_label("批次").fill(batch)
    page.get_by_label("用途").select_option(label="学期中查漏补缺")
    page.get_by_label("文件").set_input_files(path)
    press(page, "下一步：看读到了什么")


def deliver(page: Page, path: Path, batch: str = "2026-09") -> None:
    bring(page, path, batch)
    button = page.get_by_role("button", name=re.compile("^确认报送"))
    expect(button).to_be_visible(timeout=20_000)
    with page.expect_navigation():
        button.click()
    expect(page.get_by_text("已导入")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("missing", ["purpose", "file"])
def test_a_list_without_a_purpose_is_refused_and_leaves_nothing(
    client: FlaskClient, session: Session, county: StaffCounty, missing: str
) -> None:
    """L-10; which department provides it is who signed in."""
    sign_in(client, "mz")
    page = "/staff/intake/register"
    data = {
        "csrf_token": token_on(client, page), "occasion": "2026-09", "category": "", "purpose": "term",
        "expires_on": "2027-01-31", "file": (BytesIO(LIST), "低保名单.xlsx"),
    }  # fmt: skip
    before = session.scalar(select(func.count(Intake.id)))
    answer = client.post(page, data={name: value for name, value in data.items() if name != missing})
    session.expire_all()
    assert (answer.status_code, session.scalar(select(func.count(Intake.id)))) == (422, before)


def test_an_extra_column_is_refused_at_the_door_and_the_receipt_carries_the_hash(
    desk: Page, session: Session, county: StaffCounty, list_file: Path
) -> None:
    enter(desk, "mz")
    bring(desk, list_file)
    expect(desk.get_by_role("heading", name="1 列没有收")).to_be_visible(timeout=20_000)
    expect(desk.get_by_role("status").first).to_contain_text("银行卡")
    expect(desk.get_by_role("button", name="确认报送 1 人")).to_be_visible()
    look_plain(desk, "staff-register-checked")
    press(desk, "确认报送 1 人")
    expect(desk.get_by_text("已导入")).to_be_visible(timeout=20_000)
    main = desk.get_by_role("main")
    for words in (sha256(LIST).hexdigest(), "学期中查漏补缺", "2027-01-31", "部门数据员甲", "银行卡", "2026-09-07"):
        expect(main).to_contain_text(words)
    desk.emulate_media(media="print")
    look_plain(desk, "staff-register-receipt-print")
    assert CARD not in everything_held(session)


def everything_held(session: Session) -> str:
    """What the database has of intakes and entries, opened."""
    session.commit()
    intakes = [(one.findings, one.refused_because, one.content) for one in session.scalars(select(Intake))]
    entries = [(one.name, one.id_number, one.source, one.relation) for one in session.scalars(select(RegisterEntry))]
    return f"{intakes}{entries}"


def test_no_script_is_needed_to_deliver(open_page: Opener, county: StaffCounty, list_file: Path) -> None:
    page = open_page(DESK, java_script_enabled=False)
    enter(page, "mz")
    deliver(page, list_file)


def test_a_corrected_list_says_what_it_takes_the_place_of(
    desk: Page, session: Session, county: StaffCounty, list_file: Path
) -> None:
    enter(desk, "mz")
    bring(desk, list_file, batch="2026-08")
    expect(desk.get_by_text("确认后将代替").first).to_be_visible(timeout=20_000)
    press(desk, "放弃，不报送")
    expect(desk.get_by_text("没有报送，文件没有留下")).to_be_visible()
    session.commit()
    assert session.get_one(Intake, county.ours.register.id).state is IntakeState.KEPT


def test_the_same_list_twice_leads_to_the_first_receipt(desk: Page, county: StaffCounty, list_file: Path) -> None:
    enter(desk, "mz")
    deliver(desk, list_file)
    bring(desk, list_file)
    expect(desk.get_by_text("已经报送过，没有再报一次")).to_be_visible()
    expect(desk.get_by_role("heading", name=re.compile("^报送回执"))).to_be_visible()


def test_a_bureau_sees_what_rests_on_its_list_by_school_and_no_name_before_it_withdraws(
    desk: Page, session: Session, county: StaffCounty
) -> None:
    enter(desk, "mz")
    desk.goto(f"/staff/register/{county.ours.register.id}")
    desk.get_by_role("link", name="撤回这份名单").click()
    schools = desk.get_by_role("region", name="哪些学校")
    expect(schools).to_contain_text("示例县实验小学")
    expect(schools).to_contain_text("不足5")
    assert "王" not in desk.get_by_role("main").inner_text()
    look_plain(desk, "staff-register-withdraw")
    press(desk, "撤回这份名单")
    expect(desk.get_by_role("status")).to_contain_text("已撤回。不足5 名学生")
    session.commit()
    pair = session.scalars(select(MatchPair).where(MatchPair.pupil_id == county.ours.pupil.id)).one()
    assert (pair.superseded_at is not None, pair.register_entry_id) == (True, None)


def test_after_the_withdrawal_the_pupils_page_tells_of_it(client: FlaskClient, county: StaffCounty) -> None:
    path = f"/staff/register/{county.ours.register.id}/withdraw"
    sign_in(client, "mz")
    client.post(path, data={"csrf_token": token_on(client, path)})
    client.post("/staff/sign-out", data={"csrf_token": token_on(client, "/staff/password")})
    sign_in(client, "sch1")
    page = client.get(f"/staff/pupils/{county.ours.pupil.id}").text
    assert "所依据的名单由提供部门撤回" in page
    assert "所依据的名单没有了：核对孩子是否仍应享受" in page


def test_nobody_else_withdraws_a_bureaus_list(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "cnty")
    path = f"/staff/register/{county.ours.register.id}/withdraw"
    assert "只有报送的单位能撤回" in client.get(path).text
    assert client.post(path, data={"csrf_token": token_on(client, "/staff/password")}).status_code == 422
    session.commit()
    assert session.get_one(Intake, county.ours.register.id).state is IntakeState.KEPT


@pytest.mark.parametrize("day", ["2026-09-07", "2026-09-01", "2028-01-01", "", "明年"])
def test_a_list_is_held_for_a_year_at_the_most(client: FlaskClient, county: StaffCounty, day: str) -> None:
    sign_in(client, "mz")
    data = {"csrf_token": token_on(client, "/staff/intake/register"), "expires_on": day, "occasion": "2026-08"}
    answer = client.post("/staff/intake/register", data={**data, "purpose": "term", "category": ""})
    assert answer.status_code == 422
    assert re.search("到期日要在明天以后、一年以内|请写到期日|日期", answer.text)


PAGES = ("today", "ledger", "matched", "intake", "register/{register}", "register/{register}/withdraw")


@pytest.mark.parametrize("account", ["mz", "sch1", "cnty", "city", "prov", "insp", "keeper"])
def test_nobody_finds_an_entry_of_a_register_by_any_address(
    client: FlaskClient, session: Session, county: StaffCounty, account: str
) -> None:
    """A stranger stands on the list of the bureau: no page, with whatever question, shows that he does."""
    session.add(_stranger(county))
    session.commit()
    sign_in(client, account)
    for page in PAGES:
        path = f"/staff/{page.format(register=county.ours.register.id)}"
        for question in ("", "?q=诸葛无名", "?name=诸葛无名&id=329901198001010018", "?page=2"):
            answer = client.get(path + question).text
            assert "诸葛" not in answer
            assert "329901198001010018" not in answer.replace(question, "")


def _stranger(county: StaffCounty) -> RegisterEntry:
    return RegisterEntry(
        intake_id=county.ours.register.id, register_row="9", category="DIBAO", name="诸葛无名",
        id_number="329901198001010018", id_certain=True,
    )  # fmt: skip


@pytest.mark.parametrize("place", ["bureau", "school", "county", "city", "province"])
def test_the_database_shows_a_unit_no_entry_but_beside_its_own_pupil(
    session: Session, county: StaffCounty, place: str
) -> None:
    session.add(_stranger(county))
    session.flush()
    set_reach(session, reach_units(county.units[place].path))
    shown = set(session.scalars(select(RegisterEntry.id)))
    assert shown == set(session.scalars(select(MatchPair.register_entry_id).where(MatchPair.superseded_at.is_(None))))
