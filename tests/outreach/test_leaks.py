"""信息泄露: whom the trail names is whom it touched, and each is told with the three parts of the law."""

import csv
from datetime import timedelta
from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.database import EVERYTHING, set_reach
from portal.enrolment.moves import Event, record
from portal.models import AuditEntry, Pupil
from portal.outreach.leaks import BY_PHONE, Leak, Touched, people_to_tell, touched_by
from portal.vocabulary import MoveKind
from tests.builders import A_MONDAY, a_county, a_pupil, a_school, a_staff_member
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


def county_did(session: Session, what: str, **detail: Any) -> None:
    with time_machine.travel(A_MONDAY, tick=False):
        audit.record(session, "staff:cnty", what, unit_id=a_county(session).id, source="203.0.113.7", **detail)
    session.flush()


def asked(folder: Path, **other: str) -> list[str]:
    given = {
        "since": "2026-09-07", "until": "2026-09-08", "cause": "不知道", "measures": "在查", "out": "told.csv", **other,
    }  # fmt: skip
    given["out"] = str(folder / given["out"])
    return ["leak", *(part for name, value in given.items() for part in (f"--{name}", value))]


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
    here = a_pupil(session, a_school(session), "王一", None)
    a_pupil(session, a_school(session, a_county(session, "329902"), "3299020001", "邻县小学"), "王二", None)
    county_did(session, "exported", list="matched")
    county_did(session, "exported", list="statistics")
    touched = touched_by(session, Leak(SINCE, UNTIL))
    assert {key: one.times for key, one in touched.items()} == {here.id: 1}


def test_whoever_only_signed_in_saw_nobody(session: Session) -> None:
    a_pupil(session, a_school(session), "王一", None)
    county_did(session, "signed_in")
    assert touched_by(session, Leak(SINCE, UNTIL, "staff:cnty")) == {}


def test_a_page_of_several_touched_those_whom_it_showed(session: Session) -> None:
    found, _ = (a_pupil(session, a_school(session), name, None) for name in ("王一", "王二"))
    county_did(session, "looked_up", pupils=1, whose=[str(found.id)])
    assert set(touched_by(session, Leak(SINCE, UNTIL, "staff:cnty"))) == {found.id}


def test_a_list_of_a_term_held_those_of_that_term(session: Session) -> None:
    last_spring = a_pupil(session, a_school(session), "王一", None, term="2026-spring")
    a_pupil(session, a_school(session), "王二", None)
    county_did(session, "exported", list="matched", term="2026-spring")
    assert set(touched_by(session, Leak(SINCE, UNTIL))) == {last_spring.id}


@pytest.mark.parametrize(("numbers", "told"), [("plain", True), ("masked", False)])
def test_numbers_got_out_only_with_a_list_of_whole_numbers(session: Session, numbers: str, told: bool) -> None:
    here = a_pupil(session, a_school(session), "王一", None)
    county_did(session, "exported", list="awards", numbers=numbers)
    shown = touched_by(session, Leak(SINCE, UNTIL))[here.id].shown
    assert ("身份证件号或电话号码" in shown) is told
    assert any("困难类别" in words for words in shown)


def test_of_a_dead_child_only_the_family_is_told_and_by_somebody_who_goes_there(session: Session) -> None:
    pupil = a_pupil(session)
    record(session, pupil, Event(MoveKind.DEATH, A_MONDAY.date(), ""), a_staff_member(session), A_MONDAY)
    session.flush()
    (mother,) = people_to_tell(session, {pupil.id: Touched(A_MONDAY)})
    assert (mother.who, mother.phone) == ("母亲", "")
    assert "当面" in mother.way


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
    assert (child["告诉谁"], mother["电话"], mother["怎样告诉"]) == ("学生", "19900000001", BY_PHONE)
    assert mother["班级"] == "四年级(2)班"
    for part in ("身份证件号或电话号码", "一个账号被盗用", "骗钱", "停用了这个账号", "0510-00000001", "县资助中心"):
        assert part in mother["告知书"]
    assert out.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"since": "昨天"}, "请写成"), ({"since": "2026-09-09"}, "要早于"), ({"actor": "staff:shc1"}, "没有账号"),
        ({"out": "."}, "还没有的文件名"), ({"out": "no/such/told.csv"}, "没有这个文件或文件夹"),
    ],
)  # fmt: skip
def test_a_slip_of_the_operator_is_said_in_one_line(
    app: Flask, session: Session, tmp_path: Path, given: dict[str, str], words: str
) -> None:
    session.commit()
    said = app.test_cli_runner().invoke(args=asked(tmp_path, **given))
    assert said.exit_code != 0
    assert words in said.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_day_without_an_hour_is_the_whole_of_it_and_the_listing_is_in_the_trail(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    seen(session, a_pupil(session), after=HOUR * 10)
    session.commit()
    said = app.test_cli_runner().invoke(args=asked(tmp_path, until="2026-09-07"))
    assert "涉及孩子 1 名" in said.stdout, said.output
    listed = session.scalars(select(AuditEntry).where(AuditEntry.action == "leak_listed")).one()
    assert listed.detail["since"] == "2026-09-07T00:00:00+08:00"
    assert listed.detail["until"].startswith("2026-09-07T23:59:59")


def test_a_disk_that_fills_up_leaves_no_half_of_a_list_and_the_next_try_is_taken(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    seen(session, a_pupil(session))
    session.commit()
    _, most = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (100, most))
    try:
        refused = app.test_cli_runner().invoke(args=asked(tmp_path))
    finally:
        setrlimit(RLIMIT_FSIZE, (most, most))
    assert (refused.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert app.test_cli_runner().invoke(args=asked(tmp_path)).exit_code == 0
