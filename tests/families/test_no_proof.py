"""N3-7: no matched family can be asked for proof: no field, no text, no reason; the page says so with its clause."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from wtforms import FileField

from portal.blueprints.families import code, correct, sign_in
from portal.coverage.reasons import REASONS, asks_for_proof
from portal.coverage.words import NOTICE_CLAUSE
from portal.enrolment import corrections
from portal.outreach.words import lint
from portal.vocabulary.unsaid import asks_to_bring
from tests.builders import A_MONDAY, TERM
from tests.families.forms import sign_in as show_slip
from tests.families.people import a_brother, a_listed_child, a_slip

pytestmark = pytest.mark.usefixtures("monday")

PORTAL = Path(__file__).parents[2] / "portal"
PAGES = [
    *sorted((PORTAL / "templates" / "families").glob("*.html")),
    *sorted((PORTAL / "templates").glob("*/family_*")),
]
MESSAGES = sorted((PORTAL / "outreach" / "templates").rglob("*.txt"))

ASKS = re.compile(
    r"(请|需要?|要|须|必须|应)(您|家长)?(携带|提交|上传|提供|出示|交来|补交|盖章)|上传|复印件|拍照|扫描件"
)
"""How a page would ask for something to be brought; what it says against that is left out first."""
CALMS = re.compile(r"不用交|不得再?要|不上传|要您?交材料|不用您交")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_asks_for_anything_to_be_brought_or_sent(path: Path) -> None:
    text = CALMS.sub("", path.read_text(encoding="utf-8"))
    assert ASKS.findall(text) == []
    assert "multipart" not in text
    assert 'type="file"' not in text


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_no_message_asks_for_proof(path: Path) -> None:
    _, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    about_proof = [fault for line in body.splitlines() for fault in lint(line) if "证明" in fault or "要钱" in fault]
    assert about_proof == []


@pytest.mark.parametrize(
    "form", [sign_in.SignInForm, correct.CorrectionForm, correct.ProofForm, code.AskForm, code.CodeForm]
)
def test_no_form_has_a_field_for_a_file(app: Flask, form: type) -> None:
    with app.test_request_context():
        assert [field for field in form() if isinstance(field, FileField)] == []


def test_missing_papers_are_no_reason() -> None:
    assert [reason.code for reason in REASONS.values() if "材料不全" in reason.label] == []


def test_the_childs_page_and_that_of_all_children_state_the_clause(session: Session, client: FlaskClient) -> None:
    sister = a_listed_child(session)
    slip = a_slip(session, sister)
    a_brother(session)
    show_slip(client, slip)
    for path in ("/child", "/child/1", "/child/1/proof"):
        page = client.get(path).text
        assert NOTICE_CLAUSE in page, path
        assert "不用交证明" in page or "不得再要证明材料" in page, path


ASKED = (
    "请补交低保证复印件",
    "请您带残疾证来学校",
    "需要村里盖章",
    "把低保证拿来看一下",
    "请提供收入证明",
    "还需要身份证复印件",
    "您还缺低保证，补来就行",
    "请带户口本到学校核对",
    "请到社区开证明",
    "麻烦补一张低保证复印件",
    "建议您提供低保证",
    "需要您盖章",
    "请补交户口本复印件",
    "请家长尽快把户口本交到学校",
    "您的材料不全，请补齐",
    "没有低保证办不了",
    "不用交证明，带户口本就行",
    "请您到学校教务处提交低保证",
    "请到村委会盖个章再来",
    "我们需要您提供低保证",
    "学校需要您的身份证复印件",
    "请把残疾证拍照发给班主任",
    "麻烦您让社区开个证明",
    "要交贫困证明",
    "已核实，请补交材料",
    "别忘了带户口本",
    "请凭低保证到学校领取",
    "请您到民政局开证明",
    "请上传户口本照片",
    "请孩子把身份证复印件带来",
    "请准备好户口本和低保证",
    "请出示低保证",
    "材料没交",
    "家长须提供医院证明",
    "请将相关材料送至学校",
    "请带好证件到学校",
    "请把低保证给老师看",
    "需要低保证",
    "要户口本复印件",
    "交一份身份证复印件给班主任",
    "请盖章后交回",
    "您需要到民政局开低保证明",
    "请到学校补办手续并带身份证",
    "您没带户口本，下次带来",
    "材料请尽快交",
    "请您盖好章交回来",
    "必须有低保证",
    "请附上证明",
    "请村委会盖章后交学校",
)
"""What a family would have to bring, as officers write it."""
NOT_ASKED = (
    "已请民政部门提供材料核对",
    "县里请社区开具证明后再核对",
    "已按您的要求把有关材料寄回",
    "已将发放材料送财政局审核",
    "需校长盖章后上报",
    "手续办理中，需财政局盖章",
    "需局里盖章",
    "名单没有错，不用交证明",
    "班主任不该要低保证，已经纠正",
    "请放心，没有人会再要材料",
    "不需要您交任何材料",
    "请不要交复印件",
    "请民政部门提供材料",
    "民政报来的材料不全，正在重新核对",
    "请带身份证到银行激活社保卡",
    "请核对身份证号",
    "身份证号已改好",
    "以户口本上的名字为准",
    "有人要您交证明的，请打12345",
    "已查，是班主任要您交低保证复印件，已批评纠正",
    "我们会把材料交给民政部门核对",
    "您要的就读证明学校已开好，请来学校取",
    "学校要您交证明的事我们已经查清",
    "您以前交的材料已退回",
    "如需就读证明，请到学校领取",
    "请您到学校领取补助证明",
    "交材料的要求已取消",
    "低保证上的名字和学籍一致",
    "等县财政局盖章后发放",
    "请等民政部门答复，您不用交任何东西",
    "收入证明不用交",
    "已补发材料费",
    "县资助中心已向民政部门要来证明",
    "孩子的残疾证号与残联名单一致",
    "请放心，资助不停，也不要材料",
    "任何人要证明、复印件都不对，请告诉我们",
    "正在向民政部门调取证明材料",
    "需要的材料由学校向民政部门要",
    "学校会向民政部门核对，您不用带户口本",
    "学校出具证明后发放",
    "银行卡已开好，请带孩子到银行激活",
    "发放材料已报财政局，等待盖章",
    "如果您需要就读证明，学校可以开",
    "经查，班主任曾要求交低保证复印件，已批评教育",
    "要求交材料的做法不对，已通知学校改正",
    "不能删：发放记录和证明材料要按规定保存",
    "户口本信息与学籍一致",
    "低保证明由民政部门共享，不用交",
    "我们向派出所核实了户口",
    "我们会把材料送到民政局核对",
    "请您带身份证到银行激活社保卡",
)
"""That nobody has to, that it was wrong to ask, what an office does or is asked for, the bank's own rule."""


@pytest.mark.parametrize("said", ASKED)
def test_what_a_family_is_asked_to_bring_is_known_as_that(said: str) -> None:
    assert asks_to_bring(said)
    assert asks_for_proof(said)


@pytest.mark.parametrize("said", NOT_ASKED)
def test_an_honest_answer_is_not_taken_for_such(said: str) -> None:
    assert not asks_to_bring(said)


@pytest.mark.parametrize(
    "said", ["需校长盖章后上报", "手续办理中，需财政局盖章", "已将发放材料送财政局审核", "补发材料已送财政局"]
)
def test_what_an_office_still_has_to_do_is_a_reason(said: str) -> None:
    assert not asks_for_proof(said)


def test_no_answer_to_a_family_asks_for_anything_to_be_brought(session: Session) -> None:
    pupil = a_listed_child(session)
    wrong = corrections.record(session, pupil, TERM, "not_on_list", "我家没有低保", "family", A_MONDAY)
    with pytest.raises(corrections.CorrectionRefused, match="不能要家长交证明"):
        corrections.settle_one(session, wrong, "请带户口本到学校核对", "staff:cnty", A_MONDAY)
