import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.commands import policies
from portal.enrolment.local_standards import approve, propose
from portal.vocabulary import Role
from tests.builders import A_MONDAY, a_county, a_proposal, a_staff_member


def warned(app: Flask) -> dict[str, str]:
    """What is said of each layer, the last of it."""
    result = app.test_cli_runner().invoke(args=["check-policies", "--json"])
    return {each["layer"]: each["what"] for each in json.loads(result.stdout)["warnings"]}


def test_a_standard_approved_on_the_page_wants_looking_at_again_too(app: Flask, session: Session) -> None:
    county = a_county(session, "329957", "第七县")
    one, two = (a_staff_member(session, name, Role.COUNTY_OFFICER, county) for name in ("one", "two"))
    approve(session, propose(session, county, a_proposal(), one, A_MONDAY), "", two, A_MONDAY)
    session.commit()
    with time_machine.travel(A_MONDAY):
        assert "第七县教育局" not in warned(app)
    with time_machine.travel(A_MONDAY + timedelta(days=200)):
        assert "在工作端“地方标准”里打开这一份" in warned(app)["第七县教育局"]
    with time_machine.travel(A_MONDAY + timedelta(days=300)):
        assert "改 checked_on" in warned(app)["南京市"]


def test_without_a_database_the_files_are_looked_at_and_it_is_said(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_answers(_session: Session) -> None:
        raise OperationalError("SELECT", {}, ConnectionError())

    monkeypatch.setattr(policies, "catalogue_of", nobody_answers)
    result = app.test_cli_runner().invoke(args=["check-policies"])
    assert (result.exit_code, "只看了文件" in result.stderr) == (0, True)
