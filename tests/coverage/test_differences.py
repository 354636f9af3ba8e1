"""发放差异: each kind is a list, computed from the file, the ledger and the calendar."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.access.scope import Scope, scope_of
from portal.clock import SchoolTerm
from portal.coverage import differences, owed
from portal.coverage.award_lists import received, schools_paid
from portal.coverage.difference_counts import counted
from portal.coverage.differences import DIFFERENCES
from portal.coverage.differing import Asked, Kind
from portal.coverage.reasons import REASONS
from portal.coverage.steps import close
from portal.coverage.tallies import keep
from portal.coverage.tally_keeping import TALLIES
from portal.models import Award, Entitlement, StrayAward, Unit
from tests.builders import TERM, a_county, a_pupil, a_school
from tests.coverage.award_files import GOOD, imported
from tests.coverage.builders import CATALOGUE, a_match, a_row, opened
from tests.coverage.moves import accepted, moved
from tests.coverage.random_ledgers import for_random_ledgers

OCTOBER = date(2026, 10, 20)


def asked(session: Session, today: date = OCTOBER, scope: Scope | None = None) -> Asked:
    scope = scope or scope_of(a_county(session))
    paid_at = schools_paid(session, scope, TERM)
    return Asked(scope, SchoolTerm.parse(TERM), today, CATALOGUE, paid_at=paid_at)


def told(session: Session, kind: Kind, today: date = OCTOBER) -> list[str]:
    numbers = counted(session, asked(session, today))[kind]
    found = differences.lines(session, asked(session, today), DIFFERENCES[kind], numbers, 0, 50)
    assert numbers.total() == len(found)
    return [line.what for line in found]


def kinds(session: Session, today: date = OCTOBER) -> set[Kind]:
    return {kind for kind in Kind if told(session, kind, today)}


def test_money_in_full_and_in_time_differs_in_nothing(session: Session) -> None:
    a_row(session)
    imported(session, GOOD)
    assert kinds(session) == set()


def test_before_the_promised_day_a_child_is_not_on_the_list_but_not_late(session: Session) -> None:
    a_row(session)
    assert kinds(session, date(2026, 10, 15)) == {Kind.UNLISTED}
    assert told(session, Kind.UNLISTED) == ["应发500元，受助名单里没有；应在2026-10-15前到账"]


def test_the_day_after_the_promise_it_is_late_by_itself(session: Session) -> None:
    a_row(session)
    assert told(session, Kind.LATE, date(2026, 10, 16)) == ["应在2026-10-15前到账，还没有发放"]


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        (GOOD.replace("2026-10-12", "2026-10-16"), Kind.LATE, "应在2026-10-15前到账，2026-10-16才发放"),
        (GOOD.replace(",500,", ",300,"), Kind.SHORT, "应发500元，已发300元，少200元"),
        (GOOD.replace(",500,", ",750,"), Kind.WRONG_TIER, "应发500元，发了750元，多250元"),
        (GOOD.replace(",500,", ",900,"), Kind.WRONG_TIER, "应发500元，发了900元，多400元"),
        (GOOD.replace("王丽", "陈明"), Kind.PAYEE, "2026-10-12发放500元，收款账户户主不是学生本人，也不是登记的监护人"),
        (
            GOOD.replace("王小雨", "张三"),
            Kind.WRONG_PERSON,
            "发放500元；受助名单第2行：证件号与学籍一致而姓名不同，没有记下；请核对是不是同一个人",
        ),
        (
            GOOD.replace("义务教育家庭经济困难学生生活补助", "校服费"),
            Kind.UNKNOWN,
            "发放500元；受助名单第2行：资助项目“校服费”不认识，没有记下；请核对项目名称",
        ),
    ],
)
def test_each_kind_says_by_how_much(session: Session, line: str, kind: Kind, words: str) -> None:
    a_row(session)
    imported(session, line)
    assert told(session, kind) == [words]
    assert kinds(session) - {Kind.UNLISTED, Kind.LATE} <= {kind}


def test_a_whole_years_sum_is_no_other_tier(session: Session) -> None:
    a_row(session)
    imported(session, GOOD.replace(",500,", ",1000,"))
    assert kinds(session) == set()


def test_two_payments_of_the_whole_sum_are_a_duplicate(session: Session) -> None:
    a_row(session)
    imported(session, GOOD, GOOD.replace("10-12", "10-13"))
    assert kinds(session) == {Kind.DUPLICATE}
    assert told(session, Kind.DUPLICATE) == ["发了2次，共1,000元，应发500元"]


def test_one_number_paid_at_two_schools_names_the_other(session: Session) -> None:
    a_row(session)
    other = a_school(session, code="3299010002", name="示例县第二小学")
    a_pupil(session, other)
    imported(session, GOOD, GOOD.replace("3299010001", "3299010002"))
    assert {words.partition("；")[2] for words in told(session, Kind.DUPLICATE)} == {
        "同一个证件号在示例县实验小学也有这一项的发放",
        "同一个证件号在示例县第二小学也有这一项的发放",
    }


def test_money_without_a_row_is_somebody_to_look_at(session: Session) -> None:
    a_pupil(session)
    imported(session, GOOD)
    assert told(session, Kind.WRONG_PERSON) == ["发放500元；台账里没有这名学生的这一项，请核对他在不在名单里"]


def test_a_file_that_comes_in_after_the_count_is_counted(session: Session) -> None:
    a_row(session)
    keep(session, TERM, TALLIES, 10)
    assert kinds(session) == {Kind.UNLISTED, Kind.LATE}
    imported(session, GOOD.replace("2026-10-12", "2026-10-16"))
    assert kinds(session) == {Kind.LATE}


def test_money_goes_over_to_the_new_school_with_the_row_it_was_paid_for(session: Session) -> None:
    row = a_row(session)
    imported(session, GOOD)
    old = scope_of(row.school)
    accepted(session, moved(session, row))
    new = scope_of(row.school)
    assert [received(session, scope, TERM).awards for scope in (old, new)] == [0, 1]
    assert not any(counted(session, asked(session, scope=old)).values())


def test_the_next_file_of_the_project_takes_its_strays_away(session: Session) -> None:
    a_row(session)
    imported(session, GOOD.replace("王小雨", "张三"), GOOD.replace("补助", "补贴"))
    imported(session, GOOD)
    assert [stray.project for stray in session.scalars(select(StrayAward))] == ["义务教育家庭经济困难学生生活补贴"]


def test_a_stray_is_seen_by_the_school_its_line_names(session: Session) -> None:
    school = a_row(session).school
    imported(session, GOOD.replace("王小雨", "张三"))
    mine = asked(session, scope=scope_of(school))
    numbers = counted(session, mine)[Kind.WRONG_PERSON]
    (line,) = differences.lines(session, mine, DIFFERENCES[Kind.WRONG_PERSON], numbers, 0, 50)
    assert (line.pupil_id, line.masked_name, line.school) == (None, "张*", school.name)


def test_differences_of_other_counties_are_not_there(session: Session) -> None:
    a_row(session)
    elsewhere = asked(session, scope=scope_of(a_county(session, "329902", "邻县")))
    assert not any(counted(session, elsewhere).values())


def test_the_days_the_files_speak_of_are_told_and_how_many_schools_have_none(session: Session) -> None:
    a_row(session)
    for code in ("3299010002", "3299010003"):
        other = a_pupil(session, a_school(session, code=code, name=f"示例县第{code[-1]}小学"))
    imported(session, GOOD)
    imported(session, GOOD.replace("3299010001", other.school.code))
    session.execute(update(Award).where(Award.pupil_id == other.id).values(as_of=date(2026, 3, 1)))
    told = received(session, scope_of(a_county(session)), TERM)
    assert (told.as_of, told.oldest, told.without) == (date(2026, 9, 7), date(2026, 3, 1), 1)


def test_the_gap_goes_back_to_the_first_term_owed(session: Session) -> None:
    row = a_row(session)
    spring = Entitlement(**{name: getattr(row, name) for name in ROW}, term="2026-spring", person=None)
    session.add(spring)
    session.flush()
    (part,) = owed.owed(session, row.school, SchoolTerm.parse(TERM))
    assert (part.label, part.pupils, part.yuan, part.before) == ("四年级(2)班", 1, 1000, 500)
    assert part.since == date(2026, 2, 1)
    (line,) = owed.lines(session, row.school, SchoolTerm.parse(TERM), part.code, CATALOGUE, 0, 50)
    assert [words.split(" ", 1)[1] for words in line.rows] == ["2026年春季学期 500 元", "2026年秋季学期 500 元"]


ROW = (
    "pupil_id", "school_id", "policy", "state", "claim_mode", "due_yuan", "paid_yuan", "version_from", "reason",
    "owner_level", "next_step", "next_step_due", "opened_at",
)  # fmt: skip


def test_every_level_owes_the_same(session: Session) -> None:
    row, term = a_row(session), SchoolTerm.parse(TERM)
    a_match(session, a_pupil(session, a_school(session, code="3299010002", name="二小"), "赵远", "329901201510010067"))
    opened(session)
    county = a_county(session)
    units = [row.school, county, county.parent, county.parent.parent]
    sums = [sum(part.yuan for part in owed.owed(session, unit, term)) for unit in units]
    assert sums == [500, 1000, 1000, 1000]


def test_page_by_page_everybody_is_listed_once_most_first(session: Session) -> None:
    term = SchoolTerm.parse(TERM)

    def listed(unit: Unit, part: str = "") -> list[tuple[Decimal, UUID]]:
        pupils = sum(one.pupils for one in owed.owed(session, unit, term) if part in ("", one.code))
        pages = (owed.lines(session, unit, term, part, CATALOGUE, offset, 2) for offset in range(0, pupils, 2))
        found = [(line.yuan, line.pupil_id) for page in pages for line in page]
        assert (len(found), found) == (pupils, sorted(found, key=lambda line: -line[0]))
        return found

    def are_listed(schools: list[Unit], above: list[Unit]) -> None:
        at_schools = {school.code: listed(school) for school in schools}
        near, city = above[0], above[3]
        assert sorted(listed(city)) == sorted(line for lines in at_schools.values() for line in lines)
        assert [listed(near, school.code) for school in schools[:2]] == [at_schools[one.code] for one in schools[:2]]

    for_random_ledgers(session, 3, are_listed)


def test_an_accepted_reason_owes_nothing(session: Session) -> None:
    row = a_row(session)
    close(session, row, row.state, REASONS["R11"].code, "staff:cnty", datetime(2026, 9, 8, tzinfo=UTC), "不符合")
    assert owed.owed(session, row.school, SchoolTerm.parse(TERM)) == ()
    assert session.scalar(select(func.count()).select_from(Entitlement)) == 1
    assert kinds(session) == set()
