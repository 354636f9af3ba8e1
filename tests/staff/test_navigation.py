"""The side: pages of one kind of work under one heading, with the count of what waits in there."""

import re

from flask.testing import FlaskClient

from tests.staff.county import StaffCounty, sign_in


def side(page: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", page.partition("<nav")[2].partition("</nav>")[0])


def test_a_county_has_few_pages_and_four_headings_in_sight(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "cnty")
    page = client.get("/staff/").text
    assert page.count('<details class="side-group">') == 4
    assert re.search(r"今天 +台账.*名单与核实 +\d+ +件在等", side(page))


def test_the_heading_of_the_page_one_is_on_is_unfolded(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "cnty")
    page = client.get("/staff/statistics/pupils").text
    assert page.count('<details class="side-group" open>') == 1
    assert '<a class="side-link side-here" href="/staff/statistics" aria-current="page">统计</a>' in page


def test_who_has_few_pages_sees_them_all_at_once(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "t4")
    assert "side-group" not in client.get("/staff/my-pupils").text


def test_files_come_in_under_the_heading_of_what_is_recognised_from_them(
    client: FlaskClient, county: StaffCounty
) -> None:
    sign_in(client, "cnty")
    unfolded = (
        client.get("/staff/intake").text.partition('<details class="side-group" open>')[2].partition("</details>")[0]
    )
    assert "导入" in unfolded and "比对名单" in unfolded
