"""What staff pages refuse to those who go round them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import tries
from portal.access.tries import Limit
from portal.blueprints.staff.sheets import as_csv
from portal.enrolment import corrections
from portal.models import AuditEntry, Correction
from tests.builders import A_MONDAY, TERM
from tests.staff.county import StaffCounty, sign_in, token_on


def post(client: FlaskClient, path: str, **data: object):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": token_on(client, "/staff/password"), **data})


def a_complaint(session: Session, county: StaffCounty) -> Correction:
    said = corrections.record(session, county.ours.pupil, TERM, "asked_for_proof", "班主任要低保证", "family", A_MONDAY)
    session.commit()
    return said


def test_a_school_cannot_settle_what_a_family_says_about_it(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    said = a_complaint(session, county)
    sign_in(client, "sch1")
    assert post(client, f"/staff/corrections/{said.id}/settle").status_code == 404
    session.refresh(said)
    assert said.settled_at is None


def test_the_county_can(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    said = a_complaint(session, county)
    sign_in(client, "cnty")
    assert post(client, f"/staff/corrections/{said.id}/settle").status_code == 302
    session.refresh(said)
    assert said.settled_at is not None


def test_slips_print_the_portals_address_whatever_the_request_claims(
    app: Flask, client: FlaskClient, county: StaffCounty
) -> None:
    sign_in(client, "sch1")
    page = client.get("/staff/slips").text
    chosen = page.partition("四年级|")[2].partition('"')[0]
    data = {"csrf_token": token_on(client, "/staff/slips"), "in_class": f"四年级|{chosen}"}
    answer = client.post("/staff/slips", data=data, headers={"X-Forwarded-Host": "evil.example"})
    assert "127.0.0.1:8000" in answer.text
    assert "localhost" not in answer.text


def test_a_list_of_problems_taken_away_is_in_the_trail(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    sign_in(client, "sch1")
    client.get(f"/staff/intake/{county.ours.intake.id}/problems.csv")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "exported")).one()
    assert (entry.actor, entry.detail["list"]) == ("staff:sch1", "problems")


def test_no_cell_of_a_csv_is_a_formula_in_any_width() -> None:
    cells = ["=1+1", "＝1+1", "@SUM(A1)", "＠x", "+1", "＋1", "-1", "－1", "\t=1", "王*雨"]
    line = as_csv(["x"] * len(cells), [cells]).decode("utf-8-sig").splitlines()[1]
    assert line == ",".join(["'" + cell for cell in cells[:-1]] + ["王*雨"])


def test_one_look_too_many_waits_and_is_in_the_trail(
    client: FlaskClient, session: Session, county: StaffCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tries.LIMITS, "reveal", Limit(1, tries.LIMITS["reveal"].within))
    sign_in(client, "sch1")
    path = f"/staff/pupils/{county.ours.pupil.id}/reveal"
    statuses = [post(client, path, what="number", purpose="contact").status_code for _ in range(3)]
    assert statuses == [200, 429, 429]
    refused = session.scalars(select(AuditEntry).where(AuditEntry.action == "refused")).all()
    assert [(entry.pupil_id, entry.detail["because"]) for entry in refused] == [
        (county.ours.pupil.id, "too many tries")
    ] * 2


def test_a_wrong_day_of_a_determination_is_said_beside_the_day_and_nothing_is_lost(
    client: FlaskClient, county: StaffCounty
) -> None:
    sign_in(client, "sch1")
    said = {"level": "serious", "decided_on": "2020-01-01", "determined_because": "父亲长期生病"}
    answer = post(client, f"/staff/pupils/{county.ours.pupil.id}/determination", **said)
    assert answer.status_code == 422
    assert re.search(r'id="decided_on-wrong">认定日期不能早于20\d\d年9月1日', answer.text)
    assert "父亲长期生病" in answer.text


def doubted_list(client: FlaskClient, session: Session, county: StaffCounty) -> str:
    """Where the county, signed in, answers a family that says the list is wrong."""
    said = corrections.record(session, county.ours.pupil, TERM, "not_on_list", "没有低保", "family", A_MONDAY)
    session.commit()
    sign_in(client, "cnty")
    return f"/staff/corrections/{said.id}/settle"


def test_an_answer_that_asks_for_proof_is_not_sent_and_stays_in_its_field(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    address = doubted_list(client, session, county)
    answer = post(client, address, answer="请补交低保证复印件")
    assert answer.status_code == 422
    assert ">请补交低保证复印件</textarea>" in answer.text
    assert "答复里不能要家长交证明" in answer.text


def test_whoever_answers_second_is_told_so_and_keeps_the_words(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    address = doubted_list(client, session, county)
    assert post(client, address, answer="没有错，电话 13912345678").status_code == 302
    second = post(client, address, answer="名单已改")
    assert second.status_code == 422
    assert "已经有人核实过了" in second.text and "您写的：名单已改" in second.text
    assert "没有错，电话 [手机号]" in second.text
