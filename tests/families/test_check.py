from datetime import date

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.blueprints.families.answers import Answers
from portal.blueprints.families.outcome import outcome
from portal.blueprints.families.questions import HOME, STAGE, findings, walk
from portal.models import AuditEntry, SignIn, TryCount
from tests.builders import A_MONDAY
from tests.families.forms import post
from tests.families.people import CATALOGUE

pytestmark = pytest.mark.usefixtures("monday")

DAY = date(2026, 9, 7)
HARDSHIP: Answers = {STAGE: ("junior",), HOME: ("hardship",), "boarding": ("no",)}


def taps(answers: Answers) -> int:
    """A tap a question, and one more for the boxes of the one with several answers."""
    return sum(1 + len(choice) if code == HOME else 1 for code, choice in answers.items())


@pytest.mark.parametrize("stage", ["primary", "junior", "senior", "vocational", "college"])
@pytest.mark.parametrize("home", [(), ("dibao",), ("disabled-parent",), ("hardship",), ("jdlk",)])
def test_every_family_comes_to_its_result_in_five_taps(stage: str, home: tuple[str, ...]) -> None:
    everything: Answers = {STAGE: (stage,), "school": ("full",), "grade": ("2",), HOME: home, "boarding": ("yes",)}
    way = walk(everything, CATALOGUE, DAY)
    assert way.ahead is None
    assert taps(way.answers) <= 5


def test_what_changes_nothing_is_not_asked() -> None:
    assert list(walk({STAGE: ("senior",), HOME: ("dibao",)}, CATALOGUE, DAY).answers) == [STAGE, HOME]
    nothing = walk({STAGE: ("primary",), HOME: ()}, CATALOGUE, DAY)
    assert nothing.ahead is None


def test_a_kindergarten_is_asked_about_in_its_own_words() -> None:
    answers: Answers = {STAGE: ("preschool",), "kindergarten": ("inclusive",), "class": ("3",), HOME: ("dibao",)}
    way = walk(answers, CATALOGUE, DAY)
    assert (list(way.answers), way.ahead) == (list(answers), None)
    sure = outcome(findings(way.answers, CATALOGUE, DAY), CATALOGUE).sure
    assert [policy.code for policy in sure] == ["PRE-FREE1", "PRE-GRANT"]


def test_an_answer_to_what_is_no_longer_asked_does_not_count() -> None:
    changed = walk({STAGE: ("senior",), "school": ("part",), "grade": ("4",), HOME: ("dibao",)}, CATALOGUE, DAY)
    assert list(changed.answers) == [STAGE, HOME]


def test_j3_illness_and_debt_on_no_list_has_the_waiver_and_may_have_the_grant() -> None:
    found = outcome(findings(HARDSHIP, CATALOGUE, DAY), CATALOGUE)
    assert [(policy.code, policy.state) for policy in found.sure] == [("CMP-FREE", "已经享受")]
    assert [policy.code for policy in found.maybe] == ["CMP-LIVE"]
    assert str(found.sum) == "每学年 1,250 元"
    assert not found.sum_is_sure
    assert found.maybe[0].step.startswith("向班主任说一声")


def test_a_household_on_a_list_has_the_sum_of_its_tier() -> None:
    answers: Answers = {STAGE: ("junior",), HOME: ("dibao",), "boarding": ("yes",)}
    found = outcome(findings(answers, CATALOGUE, DAY), CATALOGUE)
    assert [policy.code for policy in found.sure] == ["CMP-FREE", "CMP-LIVE-B"]
    assert (str(found.sum), found.sum_is_sure) == ("每学年 2,000 元", True)


def test_unclear_is_not_no() -> None:
    found = outcome(findings({STAGE: ("senior",), HOME: ("unclear",)}, CATALOGUE, DAY), CATALOGUE)
    assert [policy.code for policy in found.maybe] == ["DIS-ALLOW", "HIGH-FREE", "HIGH-GRANT", "ORPHAN-18", "SPE-FREE"]


def test_nothing_is_stored_and_no_address_tells_of_an_answer(session: Session, client: FlaskClient) -> None:
    seen = [
        post(client, "/check", choice="junior").location,
        post(client, "/check/home", choice="dibao").location,
        post(client, "/check/boarding", choice="no").location,
    ]
    assert seen == ["/check/home", "/check/boarding", "/check/result"]
    assert "2,000" in client.get("/check/result").text
    assert [session.scalar(select(func.count()).select_from(table)) for table in (AuditEntry, SignIn, TryCount)] == [
        0
    ] * 3


def test_the_phone_holds_the_answers_sealed_and_not_for_long(client: FlaskClient) -> None:
    post(client, "/check", choice="junior")
    post(client, "/check/home", choice="dibao")
    cookie = client.get_cookie("check", path="/check")
    assert cookie
    assert "dibao" not in cookie.value
    assert cookie.max_age is None
    with time_machine.travel(A_MONDAY.replace(minute=31)):
        assert client.get("/check/boarding").location == "/check"


def test_going_back_finds_the_answer_and_the_later_ones_are_still_there(client: FlaskClient) -> None:
    post(client, "/check", choice="junior")
    post(client, "/check/home", choice="dibao")
    assert 'value="dibao" checked' in client.get("/check/home").text
    post(client, "/check", choice="junior")
    assert 'value="dibao" checked' in client.get("/check/home").text


def test_the_first_page_makes_the_phone_forget(client: FlaskClient) -> None:
    post(client, "/check", choice="junior")
    client.get("/")
    assert client.get("/check/home").location == "/check"


def test_a_choice_that_was_not_offered_is_refused(client: FlaskClient) -> None:
    assert "请从下面选一项" in post(client, "/check", choice="kindergarten").text


def test_a_question_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/check/income").status_code == 404
