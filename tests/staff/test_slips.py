"""告知单 on paper: as a browser prints or saves it, and alike outside."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from portal.models import Unit
from tests.builders import a_pupil
from tests.pages import SHOTS, Opener
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty, sign_in, token_on

A5, A4_LANDSCAPE = (420, 595), (842, 595)
POINTS = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")


@pytest.fixture
def a_class(session: Session, county: StaffCounty) -> None:
    """Three pupils, one of whom has a long name."""
    school = session.get_one(Unit, county.ours.pupil.school_id)
    for name, number in (("阿依古丽·买买提", "329901200906200047"), ("李𬱖", "329901200702140054")):
        a_pupil(session, school, name=name, id_number=number)
    session.commit()


def printed(page: Page, paper: str) -> list[tuple[int, int]]:
    """The pages of the file that the officer's own browser makes of the print page, in points."""
    enter(page, "sch1")
    page.goto("/staff/slips")
    page.get_by_label("班级").select_option("四年级|(2)班")
    page.get_by_label("纸张").select_option(paper)
    press(page, "生成打印页")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"slips-{paper}.png", full_page=True)
    found = POINTS.findall(page.pdf(prefer_css_page_size=True))
    return [(round(float(width)), round(float(height))) for width, height in found]


@pytest.mark.parametrize(("paper", "pages"), [("A5", [A5] * 3), ("A4", [A4_LANDSCAPE] * 2)])
def test_every_pupil_has_one_a5_whatever_paper_the_school_has(
    a_class: None, open_page: Opener, paper: str, pages: list[tuple[int, int]]
) -> None:
    assert printed(open_page((1280, 800)), paper) == pages


def the_slips(client: FlaskClient) -> list[str]:
    sign_in(client, "sch1")
    fields = {"csrf_token": token_on(client, "/staff/slips"), "in_class": "四年级|(2)班"}
    page = client.post("/staff/slips", data=fields).text
    return re.findall(r'<article class="slip">.*?</article>', page, re.DOTALL)


def test_slips_of_children_of_a_class_differ_in_name_and_code_alone(a_class: None, client: FlaskClient) -> None:
    children = [slip for slip in the_slips(client) if "李𬱖" not in slip]
    alike = {re.sub(r"<h2>.*?</h2>|<b class=\"code\">\d{3} \d{3} \d{4}</b>", "", slip) for slip in children}
    assert (len(children), len(alike)) == (2, 1)


def test_the_slip_of_a_grown_up_student_is_for_herself_and_not_for_her_parents(
    a_class: None, client: FlaskClient
) -> None:
    (hers,) = [slip for slip in the_slips(client) if "李𬱖" in slip]
    assert "李𬱖同学收" in hers
    assert ("家长收" in hers, "孩子能享受" in hers, "自己家里人" in hers) == (False, False, False)


def test_slips_are_in_large_print(a_class: None, open_page: Opener) -> None:
    page = open_page((1280, 800))
    printed(page, "A5")
    size = page.locator(".slip li").first.evaluate("(line) => parseFloat(getComputedStyle(line).fontSize)")
    assert size >= 18
