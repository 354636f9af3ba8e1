from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.one_to_one import name_helper
from portal.coverage import progress
from portal.coverage.awards import keep_awards
from portal.coverage.child import ChildPage, child_page
from portal.coverage.ledger import open_rows
from portal.coverage.status import Dot
from portal.coverage.steps import LIST_GONE, take_step
from portal.coverage.unaided import give_reason
from portal.database import EVERYTHING, reach_pupils, set_reach
from portal.enrolment.confirmation import confirm
from portal.intake.spreadsheet import read_table
from portal.models import Entitlement, Pupil, SchoolClass
from portal.vocabulary import ClaimMode, IntakeKind, Role, Stage, UnitLevel
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, a_staff_member, a_unit, an_entry, an_intake
from tests.coverage.builders import CATALOGUE, a_match, a_row, a_run, opened

MONDAY = date(2026, 9, 7)
PAID_FILE = (
    "姓名,身份证件号,资助项目,学年,学期,金额,发放日期\n"
    "王小雨,329901201603050015,生活补助,2026-2027,秋季学期,{yuan},2026-10-12\n"
)
HINTS = ("名单", "低保", "证明", "困难", "贫", "申请", "残疾", "符合")


def page_of(session: Session, pupil: Pupil, day: date = MONDAY) -> ChildPage:
    """As the family's own sign-in sees it: this one child and nothing else."""
    session.flush()
    set_reach(session, reach_pupils([pupil.id]))
    page = child_page(session, pupil.id, CATALOGUE, day)
    set_reach(session, EVERYTHING)
    assert page
    return page


def paid(session: Session, yuan: int = 500) -> Entitlement:
    row = a_row(session)
    table = read_table(PAID_FILE.format(yuan=yuan).encode(), "受助名单.csv")
    intake = an_intake(session, a_county(session), IntakeKind.AWARDS)
    keep_awards(session, intake, table, A_MONDAY, SimpleNamespace(step=lambda words: None, done=0))
    return row


def test_the_first_screen_says_the_sum_and_that_nothing_need_be_done_or_proved(session: Session) -> None:
    page = page_of(session, a_row(session).pupil)
    assert (page.name, page.class_words, page.term_label) == ("王小雨", "四年级(2)班", "2026年秋季学期")
    assert (page.figure, page.unit, page.headline) == ("500", "元", "您不用做任何事，也不用交证明")
    living, free = page.items
    assert (living.name, living.amount) == ("生活补助", "500元")
    assert (living.status.dot, living.status.words) == (Dot.PENDING, "学校办理中，10月15日前到账")
    assert living.why == "您家在示例县民政局2026年8月低保名单里"
    assert (living.clause, living.note) == ("苏教助函〔2020〕8号 三（一）", "以学校或县资助中心为准")
    assert (free.amount, free.status.words) == ("全免", "已经享受")
    assert page.questions_open


def test_a_child_on_no_list_sees_the_same_page_without_a_trace_of_lists(session: Session) -> None:
    page = page_of(session, a_pupil(session))
    assert (page.figure, page.headline) == ("全免", "您不用做任何事")
    assert [item.status.words for item in page.items] == ["已经享受"]
    assert not page.questions_open
    assert [hint for hint in HINTS if hint in str(page)] == []


def test_whom_to_ring_is_the_class_teacher_and_the_number_on_the_gate(session: Session) -> None:
    pupil = a_pupil(session)
    session.add(SchoolClass(school_id=pupil.school_id, grade="四年级", name="(2)班", teacher="李老师"))
    ask = page_of(session, pupil).ask
    assert (ask.teacher, ask.aid_officer, ask.landline) == ("李老师", "张老师", "0510-00000001")


def test_a_helper_whose_account_is_closed_is_not_named_to_the_family(session: Session) -> None:
    pupil = a_pupil(session)
    helper = a_staff_member(session, "t1", Role.TEACHER, pupil.school, "周老师")
    name_helper(session, pupil, helper, "staff:sch1", A_MONDAY)
    assert page_of(session, pupil).ask.helper == "周老师"
    helper.active = False
    assert page_of(session, pupil).ask.helper == ""


def test_where_a_row_waits_for_a_yes_nobody_says_that_the_answer_changes_nothing(session: Session) -> None:
    row = a_row(session)
    assert page_of(session, row.pupil).answer_changes_nothing
    take_step(session, row, row.state, "command", A_MONDAY, "名单撤回", LIST_GONE)
    assert not page_of(session, row.pupil).answer_changes_nothing


def test_after_the_answer_there_is_a_receipt_and_no_question(session: Session) -> None:
    row = a_row(session)
    said = confirm(session, row.pupil, TERM, True, True, "family", A_MONDAY)
    page = page_of(session, row.pupil)
    assert not page.questions_open
    assert page.answered.receipt.replace(" ", "") == said.receipt
    assert page.answered.words == "2026年9月7日您说：孩子在校，需要资助"


def test_a_no_is_shown_as_said(session: Session) -> None:
    row = a_row(session)
    confirm(session, row.pupil, TERM, True, False, "family", A_MONDAY)
    progress.note_answered(session, row.pupil_id, TERM, True, False, "family", A_MONDAY)
    page = page_of(session, row.pupil)
    assert page.answered.words == "2026年9月7日您说：现在不需要资助"
    assert page.items[0].status.words.startswith("记下了：暂时不需要")


def test_paid_money_is_asked_after_and_received_closes_it(session: Session) -> None:
    row = paid(session)
    page = page_of(session, row.pupil, date(2026, 10, 13))
    assert (page.headline, page.items[0].ask_received) == ("钱已发放，请看看收到没有", row.id)
    assert page.items[0].status.words == "2026年10月12日已发放，请看看收到没有"
    progress.note_received(session, row, "family", A_MONDAY)
    page = page_of(session, row.pupil, date(2026, 10, 13))
    assert (page.figure, page.headline, page.items[0].ask_received) == ("500", "本学期的资助都收到了", None)
    assert (page.items[0].status.dot, page.items[0].status.words) == (Dot.DONE, "2026年10月12日已发放 · 您说收到了")
    assert page.items[0].slip == row.id


def test_missing_money_says_who_looks_and_until_when(session: Session) -> None:
    row = paid(session)
    progress.note_not_received(session, row, "family", A_MONDAY)
    page = page_of(session, row.pupil)
    status = page.items[0].status
    assert page.headline == "您说没收到，资助中心在查，不用交证明"
    assert (status.dot, status.words) == (Dot.LATE, "您说没收到。县资助中心9月9日前答复您，10月10日前查清补到")


def test_half_the_money_says_what_is_lacking(session: Session) -> None:
    status = page_of(session, paid(session, 300).pupil).items[0].status
    assert status.words == "2026年10月12日已发放300元，还差200元，县资助中心9月14日前补发"


def test_after_the_promised_day_it_says_late_and_who_is_at_it(session: Session) -> None:
    status = page_of(session, a_row(session).pupil, date(2026, 10, 16)).items[0].status
    assert (status.dot, status.words) == (Dot.LATE, "比说好的10月15日晚了，学校正在办；着急请打本页的电话")


def test_a_row_the_county_ended_gives_its_reason_and_leaves_the_figure(session: Session) -> None:
    row = a_row(session)
    officer = a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))
    give_reason(session, row, "R03", "", officer, A_MONDAY)
    page = page_of(session, row.pupil)
    assert page.items[0].status.words == "2026年9月7日结束：已毕业、结业。有疑问请打本页的电话"
    assert (page.figure, page.questions_open) == ("全免", False)


def test_a_college_student_is_told_where_and_until_when_to_apply_without_the_certificate(session: Session) -> None:
    a_county(session)
    college = a_unit(
        session, "3299000001", UnitLevel.SCHOOL, a_unit(session, "3299", UnitLevel.CITY), name="示例市高等职业学院"
    )
    student = a_pupil(session, college, "李𬱖", "329901200702140054", stage=Stage.COLLEGE, grade_number=2)
    a_match(session, student, an_entry(session, "李𬱖", "329901200702140054", "ORPHAN"))
    open_rows(session, a_run(session, college.parent), CATALOGUE, A_MONDAY)
    page = page_of(session, student)
    assert page.headline == "有一项要您申请，不用交证明"
    assert "江苏学生资助" in page.items[0].status.words
    assert "9月30日前" in page.items[0].status.words
    assert "孤儿" not in str(page)


def test_a_high_school_grant_waits_for_two_answers(session: Session) -> None:
    school = a_school(session, code="3299010002", name="示例县第一中学")
    pupil = a_pupil(session, school, "阿依古丽·买买提", "329901200906200047", stage=Stage.SENIOR, grade_number=1)
    a_match(session, pupil, an_entry(session, pupil.name, pupil.id_number, "DIS"))
    opened(session)
    items = {item.policy: item for item in page_of(session, pupil).items}
    assert items["HIGH-GRANT"].status.words == "请回答下面两个问题，答完由学校办理，10月15日前到账"
    assert items["HIGH-FREE"].amount == "全免"
    assert "残疾" not in str(items)


def test_where_the_school_applies_for_a_listed_child_the_family_is_not_sent_anywhere(session: Session) -> None:
    row = a_row(session)
    row.claim_mode = ClaimMode.APPLY  # as the province has it; 示例县 pays without being asked
    page = page_of(session, row.pupil)
    assert page.headline == "您不用做任何事，也不用交证明"
    assert page.items[0].status.words == "学校办理中，10月15日前到账"


def test_earlier_terms_stand_below_with_their_term(session: Session) -> None:
    row = a_row(session)
    page = page_of(session, row.pupil, date(2027, 3, 1))
    assert (page.term_label, page.items[0].status.words) == ("2027年春季学期", "已经享受")
    assert [item.name for item in page.earlier] == ["2026年秋季学期生活补助"]


def test_the_spring_of_the_same_year_is_earlier_than_the_autumn(session: Session) -> None:
    row = a_row(session)
    row.term = "2026-spring"
    page = page_of(session, row.pupil)
    assert [item.name for item in page.earlier] == ["2026年春季学期生活补助"]


@pytest.mark.parametrize("day", [MONDAY, date(2026, 12, 1)])
def test_another_child_is_not_seen_by_a_familys_sign_in(session: Session, day: date) -> None:
    row = a_row(session)
    sibling = a_pupil(session, name="王小川", id_number="329901201809170039", grade="二年级", grade_number=2)
    page = page_of(session, sibling, day)
    assert (page.figure, page.answered, page.earlier) == ("全免", None, ())
    assert session.scalars(select(Entitlement)).one().id == row.id
