"""公示: off for hardship, only name and class, five working days of the Chinese calendar, gone by itself."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage import public_notices
from portal.coverage.public_notices import Notice, NoticeRefused, may_be_public
from portal.database import NOTHING, set_reach
from portal.models import PublicNotice, PublicNoticeLine
from portal.schedule import JOBS
from tests.builders import A_MONDAY, TERM, a_pupil, a_school, a_staff_member
from tests.coverage.builders import CATALOGUE
from tests.statements import statements

MONDAY, NEXT_MONDAY = date(2026, 9, 7), date(2026, 9, 14)


def wanted(policy: str = "UG-NS", names: str = "王小雨", start: date = MONDAY, end: date = NEXT_MONDAY) -> Notice:
    return Notice(policy, SchoolTerm.parse(TERM), names, start, end)


def put_up(session: Session, notice: Notice | None = None) -> PublicNotice:
    school = a_school(session)
    return public_notices.put_up(session, school, notice or wanted(), CATALOGUE, a_staff_member(session), A_MONDAY)


def names_left(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PublicNoticeLine)) or 0


def test_only_contests_that_rest_on_no_hardship_may_be_public() -> None:
    public = {policy.code for policy in CATALOGUE.policies if may_be_public(policy)}
    assert public == {"UG-NS", "VOC-SCHOL", "PG-NS", "PG-AS"}


@pytest.mark.parametrize("policy", ["CMP-LIVE", "HIGH-GRANT", "UG-NG", "UG-NIS", "ORPHAN-18", "nothing"])
def test_aid_for_hardship_is_never_put_up(session: Session, policy: str) -> None:
    a_pupil(session)
    with pytest.raises(NoticeRefused, match="困难类资助和困难认定不公示"):
        put_up(session, wanted(policy))


def test_a_notice_has_name_and_class_and_no_other_column(session: Session) -> None:
    a_pupil(session)
    notice = put_up(session)
    assert [(line.name, line.class_words) for line in public_notices.lines_of(session, notice)] == [
        ("王小雨", "四年级(2)班")
    ]
    assert set(PublicNoticeLine.__table__.columns.keys()) == {
        "id", "notice_id", "position", "name_sealed", "class_words",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (MONDAY, date(2026, 9, 13), "最早到 2026-09-14 结束"),
        (date(2026, 9, 28), date(2026, 10, 9), "最早到 2026-10-10 结束"),  # 国庆 closed, 10 October is worked
        (date(2026, 9, 6), NEXT_MONDAY, "不能早于今天"),
        (MONDAY, date(2026, 10, 8), "最长 30 天"),
    ],
)
def test_its_days_are_working_days(session: Session, start: date, end: date, sentence: str) -> None:
    a_pupil(session)
    with pytest.raises(NoticeRefused, match=sentence):
        put_up(session, wanted(start=start, end=end))


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("", "请写上名单"),
        ("王小雨\n赵远", "第2行：2026年秋季学期的名册里没有这个人"),
        ("王小雨 五年级(1)班", "第1行"),
        ("王小雨\n王小雨", "写了两遍"),
        ("王小雨(1)", "这个班只有一名王小雨，请去掉"),
        ("同名 \n", "这个班有 2 名同名.*同名\\(1\\)、同名\\(2\\)；不写证件号"),
        ("同名(1)\n同名（1）", "写了两遍"),
        ("同名(3)", "这个班有 2 名同名"),
        ("邻班同名(1)", "本校有 2 名学生叫这个名字，请在姓名后面空一格写上年级班级"),
    ],
)
def test_every_name_is_one_pupil_of_the_schools_own_roll(session: Session, names: str, sentence: str) -> None:
    a_pupil(session)
    for number in ("329901201809170039", "329901201510010067"):
        a_pupil(session, name="同名", id_number=number)
    a_pupil(session, name="邻班同名", id_number="329901201602020016")
    a_pupil(session, name="邻班同名", id_number="329901201602020024", class_name="(3)班")
    with pytest.raises(NoticeRefused, match=sentence):
        put_up(session, wanted(names=names))


def test_two_of_one_name_in_one_class_are_told_apart_by_the_schools_ordinal(session: Session) -> None:
    for number in ("329901201510010067", "329901201809170039"):
        a_pupil(session, name="张伟", id_number=number)
    notice = put_up(session, wanted(names="张伟（2） 四年级(2)班\n张伟(1)"))
    assert [line.name for line in public_notices.lines_of(session, notice)] == ["张伟(2)", "张伟(1)"]


def test_names_are_looked_up_all_at_once(session: Session) -> None:
    names = ("王一", "王二", "王三")
    for name, number in zip(names, ("329901201510010067", "329901201809170039", "329901201602020016"), strict=True):
        a_pupil(session, name=name, id_number=number)
    with statements() as sent:
        put_up(session, wanted(names="\n".join(names)))
    assert len([one for one in sent if one.startswith("SELECT") and "pupil.name_index" in one]) == 1


def test_it_is_read_by_anybody_while_it_is_up_and_by_nobody_afterwards(session: Session) -> None:
    a_pupil(session)
    notice = put_up(session)
    session.flush()
    set_reach(session, NOTHING)
    assert [line.name for line in public_notices.lines_of(session, notice)] == ["王小雨"]
    assert public_notices.standing(session, NEXT_MONDAY) == [notice]
    assert public_notices.standing(session, date(2026, 9, 15)) == []


def test_the_clock_takes_it_down_and_its_names_are_destroyed(session: Session) -> None:
    a_pupil(session)
    notice = put_up(session)
    assert public_notices.take_down_over(session, datetime(2026, 9, 14, 15, 59, tzinfo=UTC)) == 0
    assert public_notices.take_down_over(session, datetime(2026, 9, 14, 16, 1, tzinfo=UTC)) == 1
    assert (notice.taken_down_by, notice.pupils, names_left(session)) == ("portal", 1, 0)
    assert "take down notices" in {job.name for job in JOBS}


def test_before_its_time_it_goes_with_a_reason(session: Session) -> None:
    a_pupil(session)
    notice, officer = put_up(session), a_staff_member(session, "sch7")
    with pytest.raises(NoticeRefused, match="请写明为什么"):
        public_notices.take_down(session, notice, " ", officer, A_MONDAY)
    public_notices.take_down(session, notice, "名单有误", officer, A_MONDAY)
    assert (notice.because, names_left(session)) == ("名单有误", 0)
    with pytest.raises(NoticeRefused, match="已经撤下"):
        public_notices.take_down(session, notice, "再撤一次", officer, A_MONDAY)
