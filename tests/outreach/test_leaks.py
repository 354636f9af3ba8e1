"""信息泄露: whom the trail names is whom it touched, and each is told with the three parts of the law."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal import audit
from portal.database import EVERYTHING, set_reach
from portal.models import Pupil
from portal.outreach.leaks import Leak, touched_by
from tests.builders import A_MONDAY, a_county, a_pupil, a_school
from tests.families.forms import sign_in
from tests.families.people import a_brother, a_listed_child, a_slip

HOUR = timedelta(hours=1)
SINCE, UNTIL = A_MONDAY, A_MONDAY + HOUR


def seen(
    session: Session, pupil: Pupil, by: str = "staff:sch1", after: timedelta = timedelta(), what: str = "read"
) -> None:
    with time_machine.travel(A_MONDAY + after, tick=False):
        audit.record(session, by, what, unit_id=pupil.school_id, pupil_id=pupil.id, source="203.0.113.7")
    session.flush()


def test_the_trail_alone_names_exactly_whom_the_account_saw_within_the_hours(session: Session) -> None:
    school = a_school(session)
    pupils = [a_pupil(session, school, f"王{n}", None, guardian=f"李{n}", phone=f"1990000{n:04}") for n in range(40)]
    for n, pupil in enumerate(pupils):
        seen(session, pupil, "staff:sch1" if n % 2 else "staff:sch2", HOUR * 2 if n % 5 == 0 else HOUR / 2)
    truth = {pupil.id for n, pupil in enumerate(pupils) if n % 2 and n % 5}
    assert set(touched_by(session, Leak(SINCE, UNTIL, "staff:sch1"))) == truth
    assert set(touched_by(session, Leak(SINCE, UNTIL, pupils=frozenset([pupils[4].id])))) == {pupils[4].id}
    assert touched_by(session, Leak(SINCE, UNTIL, source="203.0.113.8")) == {}


def test_a_list_that_was_taken_away_may_have_held_everybody_below_the_unit(session: Session) -> None:
    school, county = a_school(session), a_county(session)
    here = a_pupil(session, school, "王一", None)
    a_pupil(session, a_school(session, a_county(session, "329902"), "3299020001", "邻县小学"), "王二", None)
    with time_machine.travel(A_MONDAY, tick=False):
        for held in ("matched", "statistics"):
            audit.record(session, "staff:cnty", "exported", unit_id=county.id, list=held)
    session.flush()
    touched = touched_by(session, Leak(SINCE, UNTIL))
    assert {key: one.times for key, one in touched.items()} == {here.id: 1}


def test_a_stolen_slip_touches_the_brother_as_well(session: Session, client: FlaskClient) -> None:
    with time_machine.travel(A_MONDAY, tick=True):
        child = a_listed_child(session)
        brother = a_brother(session)
        sign_in(client, a_slip(session, child))
    set_reach(session, EVERYTHING)
    assert set(touched_by(session, Leak(SINCE, UNTIL, "family"))) == {child.id, brother.id}


def test_child_and_guardian_are_told_what_why_and_whom_to_ring(app: Flask, session: Session, tmp_path: Path) -> None:
    seen(session, a_pupil(session), what="revealed")
    session.commit()
    out = tmp_path / "told.csv"
    asked = ("--since", "2026-09-07T10:00", "--until", "2026-09-07T11:00", "--found", "2026-09-07T12:00", "--json")
    words = ("--cause", "一个账号被盗用", "--measures", "停用了这个账号", "--out", str(out))
    said = app.test_cli_runner().invoke(args=["leak", *asked, *words])
    assert said.exit_code == 0, said.output
    assert '"pupils": 1, "people": 2' in said.stdout
    assert '"report_by": "2026-09-07T16:00:00+08:00"' in said.stdout
    child, mother = csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())
    assert (child["告诉谁"], mother["电话"], mother["怎样告诉"]) == ("学生", "19900000001", "打电话或发短信")
    for part in ("身份证件号或电话号码", "一个账号被盗用", "骗钱", "停用了这个账号", "0510-00000001"):
        assert part in mother["告知书"]
    assert out.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("option", "words"), [("--since", "请写成"), ("--out", "还没有的文件名")])
def test_what_cannot_be_read_or_written_is_said_in_one_line(
    app: Flask, session: Session, tmp_path: Path, option: str, words: str
) -> None:
    session.commit()
    given = {
        "--since": "2026-09-07", "--until": "2026-09-08", "--cause": "不知道", "--measures": "在查",
        "--out": str(tmp_path / "told.csv"),
    }  # fmt: skip
    given[option] = "昨天" if option == "--since" else str(tmp_path)
    said = app.test_cli_runner().invoke(args=["leak", *(part for pair in given.items() for part in pair)])
    assert said.exit_code != 0
    assert words in said.stderr
