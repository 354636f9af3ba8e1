"""学年全面核查: nobody signs before everybody was looked at; what a roll lacks is counted and listed."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.access.scope import NotInScope, scope_of
from portal.clock import SchoolTerm
from portal.coverage import rolls, yearly_check
from portal.coverage.rolls import ROLLS
from portal.coverage.tallies import keep
from portal.coverage.tally_keeping import TALLIES
from portal.coverage.yearly_check import CheckRefused, Show
from portal.enrolment import corrections
from portal.models import Entitlement, Guardian
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, a_staff_member
from tests.coverage.builders import a_match, a_row, opened

YEAR = SchoolTerm.parse(TERM)


def on(session: Session, code: str) -> list[str]:
    scope = scope_of(a_county(session))
    counted = rolls.on_roll(session, scope, ROLLS[code], TERM)
    found = rolls.lines(session, scope, ROLLS[code], TERM, counted, 0, 50)
    assert sum(counted.values()) == len(found)
    return [line.masked_name + line.why for line in found]


def test_a_school_signs_only_when_every_row_was_looked_at(session: Session) -> None:
    row, officer = a_row(session), a_staff_member(session)
    with pytest.raises(CheckRefused, match="还有 1 名学生没有看过"):
        yearly_check.sign(session, row.school, YEAR, officer, A_MONDAY)
    assert yearly_check.look(session, row.school, YEAR, [row.pupil_id], officer, A_MONDAY) == 1
    assert yearly_check.look(session, row.school, YEAR, [row.pupil_id], officer, A_MONDAY) == 0
    signed = yearly_check.sign(session, row.school, YEAR, officer, A_MONDAY)
    assert (signed.pupils, signed.incomplete, signed.by_name) == (1, 0, "张老师")
    assert yearly_check.sign(session, row.school, YEAR, officer, A_MONDAY) is signed


def test_who_is_looked_at_after_the_count_is_counted(session: Session) -> None:
    row, officer = a_row(session), a_staff_member(session)
    keep(session, TERM, TALLIES, 10)
    yearly_check.look(session, row.school, YEAR, [row.pupil_id], officer, A_MONDAY)
    assert yearly_check.check_of(session, row.school, YEAR).left == 0


def test_an_empty_list_is_not_signed(session: Session) -> None:
    with pytest.raises(CheckRefused, match="名单还是空的"):
        yearly_check.sign(session, a_school(session), YEAR, a_staff_member(session), A_MONDAY)


def test_nobody_looks_at_another_schools_pupil(session: Session) -> None:
    row, other = a_row(session), a_school(session, code="3299010002", name="二小")
    with pytest.raises(NotInScope):
        yearly_check.look(session, other, YEAR, [row.pupil_id], a_staff_member(session), A_MONDAY)


def test_the_county_sees_unsigned_schools_first_and_who_came_afterwards(session: Session) -> None:
    row, officer = a_row(session), a_staff_member(session)
    yearly_check.look(session, row.school, YEAR, [row.pupil_id], officer, A_MONDAY)
    yearly_check.sign(session, row.school, YEAR, officer, A_MONDAY)
    second = a_school(session, code="3299010002", name="二小")
    for school, number in ((row.school, "329901201510010067"), (second, "329901201510010075")):
        a_match(session, a_pupil(session, school, "赵远", number))
    opened(session)
    found = yearly_check.checks(session, scope_of(a_county(session)), YEAR)
    assert [(one.school.name, one.pupils, one.left, one.signed is not None) for one in found] == [
        ("二小", 1, 1, False),
        ("示例县实验小学", 2, 1, True),
    ]


def test_two_rows_of_a_pupil_are_one_pupil_to_look_at(session: Session) -> None:
    row = a_row(session)
    names = ("pupil_id", "school_id", "term", "state", "claim_mode", "paid_yuan", "version_from", "reason")
    more = ("owner_level", "next_step", "next_step_due", "opened_at")
    session.add(Entitlement(**{name: getattr(row, name) for name in (*names, *more)}, policy="CMP-FREE"))
    session.flush()
    assert yearly_check.counts(session, row.school, YEAR) == {Show.OPEN: 1, Show.LACKING: 0, Show.LOOKED: 0}


def test_what_a_roll_lacks_is_listed_by_what_it_is(session: Session) -> None:
    a_pupil(session)
    a_pupil(session, name="无电话", id_number="329901201809170039", phone=None)
    a_pupil(session, name="无号码", id_number=None)
    bare = a_pupil(session, name="无家长", id_number="329901201510010067")
    session.execute(delete(Guardian).where(Guardian.pupil_id == bare.id))
    assert sorted(on(session, "no-phone")) == ["无*话", "无*长"]
    assert on(session, "no-guardian") == ["无*长"]
    assert on(session, "bad-id") == ["无*码"]


def test_what_contradicts_itself_is_listed_with_who_says_so(session: Session) -> None:
    pupil = a_row(session).pupil
    corrections.record(session, pupil, TERM, "wrong_details", "班级写错了", "family", A_MONDAY)
    assert on(session, "conflicts") == ["王*雨家长说信息不对，还没有核实"]
    (line,) = yearly_check.lines(session, pupil.school, YEAR, Show.LACKING, 0, 50)
    assert line.lacks == ("信息有冲突",)
