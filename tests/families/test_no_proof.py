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


@pytest.mark.parametrize(
    "said", ["请补交低保证复印件", "请您带残疾证来学校", "需要村里盖章", "把低保证拿来看一下", "请提供收入证明"]
)
def test_no_answer_to_a_family_asks_for_anything_to_be_brought(session: Session, said: str) -> None:
    pupil = a_listed_child(session)
    wrong = corrections.record(session, pupil, TERM, "not_on_list", "我家没有低保", "family", A_MONDAY)
    with pytest.raises(corrections.CorrectionRefused, match="不能要家长交证明"):
        corrections.settle_one(session, wrong, said, "staff:cnty", A_MONDAY)
    assert asks_for_proof(said)


@pytest.mark.parametrize(
    "said",
    [
        "名单没有错，不用交证明",
        "班主任不该要低保证，已经纠正",
        "请放心，没有人会再要材料",
        "不需要您交任何材料",
        "请不要交复印件",
    ],
)
def test_that_nothing_is_to_be_brought_may_be_answered(said: str) -> None:
    assert not asks_to_bring(said)
