"""Officers reach families: what may be said, who lets it go, who is rung up, and the proof of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import AuditEntry, Campaign, ContactRecord, FamilyQuestion, JobSlot, Message
from portal.outreach.deadline_days import ask
from portal.outreach.drawing_up import draw_up, hold
from portal.outreach.opt_outs import opt_out
from portal.vocabulary import CampaignState, Channel, ContactTaskKind, MessageState
from tests.builders import A_MONDAY
from tests.conftest import Stranger
from tests.outreach.cases import in_context, is_waiting_for_a_lock
from tests.outreach.kannel import wait_for
from tests.staff.browsing import enter, press
from tests.staff.county import CATALOGUE, StaffCounty, remind, sign_in, token_on


@pytest.fixture
def two_people_needed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], approve_above=0))


def test_words_that_ask_for_proof_are_refused_with_the_clause(
    session: Session, county: StaffCounty, desk: Page
) -> None:
    enter(desk, "sch1")
    desk.goto("/staff/wordings")
    desk.get_by_label("名称").fill("开学通知")
    desk.get_by_label("内容").fill("请携带低保证复印件")
    press(desk, "保存")

    assert desk.get_by_text("苏教助函〔2020〕8号 三（一）").first.is_visible()
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.action == "words_refused")).all()


def test_a_large_campaign_is_let_go_by_a_second_person(
    session: Session, county: StaffCounty, desk: Page, two_people_needed: None
) -> None:
    address = f"/staff/campaigns/{county.ours.campaign.id}"
    enter(desk, "sch1")
    desk.goto(address)
    press(desk, "预览")
    press(desk, "提交")
    assert desk.get_by_role("button", name="批准").count() == 0
    press(desk, "退出")
    enter(desk, "cnty")
    desk.goto(address)
    press(desk, "批准")

    session.expire_all()
    assert session.get_one(Campaign, county.ours.campaign.id).state is CampaignState.RUNNING


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/staff/ledger?show=unaware", "家庭还不知道"),
        ("/staff/matched", "比对名单"),
        ("/staff/unreached", "还没告知到的"),
    ],
)
def test_a_list_becomes_a_campaign_that_is_looked_at_first(
    county: StaffCounty, desk: Page, address: str, named: str
) -> None:
    enter(desk, "sch1")
    desk.goto(address)
    desk.get_by_text("给这份名单发提醒").click()
    press(desk, "建成批次")
    press(desk, "预览")

    assert named in desk.get_by_role("heading", level=1).inner_text()
    assert desk.get_by_role("button", name="提交").is_visible()


def test_a_teachers_call_is_read_out_and_recorded(session: Session, county: StaffCounty, desk: Page) -> None:
    enter(desk, "sch1")
    desk.goto("/staff/contact-tasks")
    desk.get_by_role("link", name="去办").first.click()
    assert desk.get_by_text("不用交证明、不交钱").is_visible()
    desk.get_by_label("联系上了", exact=True).check()
    desk.get_by_label("家长怎么说").select_option("yes")
    desk.get_by_label("家长问了什么").select_option("is_it_true")
    desk.get_by_label("问的是哪一项").select_option(county.ours.row.policy)
    press(desk, "记下联系")

    assert desk.get_by_role("heading", name="家长回复 1 条").is_visible()
    assert "电话口头同意" in (session.scalars(select(ContactRecord)).one().outcome or "")
    asked = session.scalars(select(FamilyQuestion)).one()
    assert (asked.topic.value, asked.policy) == ("is_it_true", county.ours.row.policy)
    assert desk.get_by_text(f"{CATALOGUE[asked.policy].name} 1 次").is_visible()


def test_the_proof_of_reach_tells_who_did_what_when(county: StaffCounty, desk: Page) -> None:
    enter(desk, "sch1")
    desk.goto(f"/staff/pupils/{county.ours.pupil.id}/reach")

    assert desk.get_by_text("还没有告知到").is_visible()
    assert desk.get_by_text("交给张老师打电话").is_visible()


def test_on_a_quiet_last_day_a_campaign_leaves_only_once_somebody_else_says_so(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    campaign = county.ours.campaign
    campaign.state, campaign.stops_on = CampaignState.RUNNING, date(clock.today().year + 1, 1, 1)
    session.commit()
    address = f"/staff/campaigns/{campaign.id}"

    def post(account: str, act: str, **values: str) -> str:
        client = Stranger(app, app.response_class)
        sign_in(client, account)
        token = token_on(client, "/staff/campaigns")
        client.post(f"{address}/deadline-day{act}", data={"csrf_token": token, **values})
        return client.get(address).text

    asked = post("sch1", "", because="当天是申请的最后一天")
    assert "是元旦，平时不发" in asked
    assert "批准那天发" not in asked
    assert "照发；" not in post("sch1", "/approve")
    assert "照发；" in post("cnty", "/approve")
    assert "申请那天照发" in post("sch1", "/take-back")


def test_who_asks_for_the_day_at_the_same_moment_is_told_in_a_sentence(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    campaign = county.ours.campaign
    campaign.state, campaign.stops_on = CampaignState.RUNNING, date(clock.today().year + 1, 1, 1)
    session.commit()
    client, address = Stranger(app, app.response_class), f"/staff/campaigns/{campaign.id}"
    sign_in(client, "sch1")
    asking = {"csrf_token": token_on(client, "/staff/campaigns"), "because": "当天是申请的最后一天"}
    hold(session, campaign)
    ask(session, campaign, "别人先申请了", "staff:cnty", clock.now())
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(client.post, f"{address}/deadline-day", data=asking, follow_redirects=True)
        wait_for(in_context(is_waiting_for_a_lock))
        session.commit()

    assert "已经申请过了" in answer.result().text


def test_a_person_sends_again_what_nobody_knows_of_and_only_in_his_own_unit(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    remind(app)
    of_reminder = Message.school_id == county.ours.pupil.school_id, Message.state != MessageState.UNKNOWN
    message = session.scalars(select(Message).where(*of_reminder)).one()
    message.state, message.sent_at = MessageState.UNKNOWN, clock.now() - timedelta(hours=25)
    session.commit()

    def press_again(account: str) -> tuple[int, str]:
        client = Stranger(app, app.response_class)
        sign_in(client, account)
        listed = client.get("/staff/messages?state=unknown").text
        token = token_on(client, "/staff/password")
        again = f"/staff/messages/{message.id}/again"
        answer = client.post(again, data={"csrf_token": token}, follow_redirects=True)
        return answer.status_code, listed + answer.text

    assert press_again("far")[0] == 404
    status, said = press_again("sch1")
    session.refresh(message)
    assert (status, "再发一次" in said, message.state) == (200, True, MessageState.QUEUED)
    assert "已放回待发，9月7日 9:00 到 20:00 之间发出" in said


@pytest.mark.parametrize(
    ("origin", "headers", "status"),
    [("127.0.0.1", {}, 200), ("192.0.2.1", {}, 404), ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404)],
)
def test_figures_are_told_on_this_machine_only(
    client: FlaskClient, origin: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": origin})

    assert answer.status_code == status
    assert ("portal_messages_due 0" in answer.text) == (status == 200)


def test_what_a_supplier_refuses_is_not_promised_to_arrive(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    pupil = county.ours.pupil
    opt_out(session, pupil.guardians[0].phone_index or b"", Channel.SMS, "aliyun", A_MONDAY)
    session.commit()
    sign_in(client, "sch1")
    address = f"/staff/pupils/{pupil.id}"

    wanted = {"csrf_token": token_on(client, address), "number": "phone-1"}
    told = client.post(f"{address}/opt-in", data=wanted, follow_redirects=True).text

    assert "要等家长请运营商恢复了" in told and "下一次提醒会发到这里" not in told


def test_a_clock_that_stands_still_is_told_after_five_minutes(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    session.add(JobSlot(job="reap outbox", slot=A_MONDAY, taken_at=A_MONDAY))
    session.commit()
    sign_in(client, "keeper")
    stands = {}
    for minutes in (4, 6):
        with time_machine.travel(A_MONDAY + timedelta(minutes=minutes)):
            stands[minutes] = "没有在运行" in client.get("/staff/operations").text

    assert stands == {4: False, 6: True}


def test_a_school_pauses_itself_and_not_its_neighbour(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    page = client.get("/staff/campaigns").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    refused = client.post("/staff/pauses", data={"csrf_token": token, "because": "x", "school": "4199010001"})
    client.post("/staff/pauses", data={"csrf_token": token, "because": "核实名单"})

    assert refused.status_code == 302
    assert client.get("/staff/campaigns").text.count("恢复发送</button>") == 1


def test_a_campaign_is_submitted_once_the_keeper_has_recorded_all_filings(
    app: Flask, session: Session, county: StaffCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.extensions["settings"]
    for_real = replace(settings, suppliers=replace(settings.suppliers, gateways=("kannel",)))
    monkeypatch.setitem(app.extensions, "settings", for_real)
    campaign = county.ours.campaign
    draw_up(session, campaign, "staff:sch1", clock.now())
    session.commit()

    def post(account: str, path: str, **data: str) -> str:
        client = Stranger(app, app.response_class)
        sign_in(client, account)
        token = token_on(client, "/staff/password")
        return client.post(f"/staff/{path}", data=data | {"csrf_token": token}, follow_redirects=True).text

    def file(operator: str, day: str = "2026-09-01", signature: str = "示例县教育局") -> str:
        filing = {"signature": signature, "operator": operator, "what": "filed", "day": day}
        return post("keeper", "supplier-templates/signatures", **filing)

    assert "还没有向移动、联通、电信备案" in post("sch1", f"campaigns/{campaign.id}/submit")
    assert "等运营商确认了再登记" in file("mobile", "2026-09-08")
    assert "已登记" not in file("mobile", signature="别处教育局")
    assert "2026-09-01 备案" in [file(operator) for operator in ("mobile", "unicom", "telecom")][-1]
    assert "已提交" in post("sch1", f"campaigns/{campaign.id}/submit")


def test_a_visit_says_what_a_visit_is_for_and_leads_to_the_slip(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    county.ours.task.kind = ContactTaskKind.VISIT
    session.commit()
    sign_in(client, "sch1")
    page = client.get(f"/staff/contact-tasks/{county.ours.task.id}").text

    assert "把告知单送到家里" in page and "自动改为上门" not in page
    assert 'href="/staff/slips">打印告知单' in page and '<option selected value="visit">上门' in page


def test_a_campaign_stopped_before_it_was_planned_is_not_said_to_have_left(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    county.ours.campaign.state = CampaignState.RUNNING
    session.commit()
    sign_in(client, "sch1")
    token = token_on(client, "/staff/password")
    stop = f"/staff/campaigns/{county.ours.campaign.id}/stop"
    page = client.post(stop, data={"csrf_token": token}, follow_redirects=True).text

    assert "已停止，没有发出的都不再发。" in page
