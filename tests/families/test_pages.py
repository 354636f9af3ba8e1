from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.blueprints.catalogue import OPEN
from portal.blueprints.families.elder import own_path
from portal.enrolment.local_standards import approve, propose
from portal.vocabulary import Role
from tests.builders import A_MONDAY, a_county, a_proposal, a_staff_member
from tests.families.forms import post
from tests.families.people import CATALOGUE

TEMPLATES = [
    path
    for folder, pattern in (("families", "*.html"), ("components", "family_*.html"))
    for path in sorted((Path(__file__).parents[2] / "portal" / "templates" / folder).glob(pattern))
]
RIGHTS = (
    "谁在处理，怎样联系",
    "为了什么",
    "怎样处理",
    "有哪些信息",
    "为什么需要敏感信息，对您有什么影响",
    "保存多久",
    "您的权利怎样行使",
    "向谁投诉",
)
NEVER = ("贫困", "困难群体", "应助未助", "style=", "<script>", "onclick", "http://", "https://", 'type="file"')


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_hurtful_word_an_inline_style_or_anothers_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in NEVER if word in text] == []


def test_the_privacy_page_has_the_eight_headings_for_everybody(client: FlaskClient) -> None:
    page = client.get("/privacy").text
    assert [heading for heading in RIGHTS if f"<h2>{heading}</h2>" not in page] == []


def test_children_under_fourteen_have_a_rule_of_their_own_for_everybody_to_read(client: FlaskClient) -> None:
    assert 'href="/privacy/children"' in client.get("/privacy").text
    assert "只有学校登记的监护人能答复" in client.get("/privacy/children").text


@pytest.mark.parametrize("policy", CATALOGUE.policies, ids=lambda policy: policy.code)
def test_every_policy_has_its_page_with_every_document_and_the_day_it_was_checked(
    client: FlaskClient, policy: object
) -> None:
    code = getattr(policy, "code", "")
    page = client.get(f"/policies/{code}").text
    for version in CATALOGUE[code].versions:
        assert version.source in page
        assert f"{version.checked_on.year}年{version.checked_on.month}月{version.checked_on.day}日核对过" in page


def test_a_policys_page_tells_what_cities_and_counties_lay_over_it(client: FlaskClient) -> None:
    page = client.get("/policies/CMP-LIVE").text
    over = [overlay for overlay in CATALOGUE.overlays if "CMP-LIVE" in dict(overlay.versions)]
    assert [overlay.name for overlay in over if not overlay.demonstration and overlay.name not in page] == []
    assert "示例县" not in page


def test_two_officers_approval_is_read_by_everybody(client: FlaskClient, session: Session) -> None:
    client.get("/policies/CMP-LIVE")
    county = a_county(session, "329955", "第五县")
    proposer, approver = (a_staff_member(session, name, Role.COUNTY_OFFICER, county) for name in ("one", "two"))
    approve(session, propose(session, county, a_proposal(), proposer, A_MONDAY), "", approver, A_MONDAY)
    session.commit()
    client.application.extensions.pop(OPEN)
    page = client.get("/policies/CMP-LIVE").text
    client.application.extensions.pop(OPEN)
    assert "第五县" in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("HIGH-GRANT", "各地、各校在1,200元到3,500元之间定"),
        ("UG-NS", "名额有限，由学校评审后确定，请向学校或县资助中心确认"),
        ("PG-AS", "由学校评审分档，2025年起省属高校是否提高没有见到文件，请向学校或县资助中心确认"),
        ("CMP-LIVE-B", "低保家庭的寄宿生是否另有提高，没有见到文件"),
    ],
)
def test_a_policys_page_says_under_the_sum_how_far_it_holds(client: FlaskClient, code: str, words: str) -> None:
    assert f'<p class="weui-cells__tips">{words}。</p>' in client.get(f"/policies/{code}").text


def test_what_is_not_for_everybody_says_so_in_the_list_of_its_stage(client: FlaskClient) -> None:
    page = client.get("/policies/for/college").text
    assert [
        words for words in ("要评选，名额有限", "在户籍地办理；借的钱，以后要还", "有没有，请先问") if words not in page
    ] == []


def test_an_unknown_policy_is_not_found_in_words(client: FlaskClient) -> None:
    answer = client.get("/policies/NONE")
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.text


def test_elder_mode_comes_back_to_its_page_and_is_remembered(client: FlaskClient) -> None:
    assert post(client, "/elder", on="1", back="/policies").location == "/policies"
    cookie = client.get_cookie("elder")
    assert cookie
    assert (cookie.value, cookie.http_only) == ("1", True)
    assert 'data-weui-mode="care"' in client.get("/").text
    post(client, "/elder", on="0", back="/")
    assert 'data-weui-mode="care"' not in client.get("/").text


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:1", "/\n/x", ""]
)
def test_elder_mode_never_leads_away(client: FlaskClient, path: str) -> None:
    with client.application.test_request_context():
        assert own_path(path) == "/"
