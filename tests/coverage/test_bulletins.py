"""通报: figures are those of the day's lists, hold nothing personal, and never change once issued."""

from datetime import timedelta

import pytest
from fontTools.ttLib import TTFont
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.bulletin_pdf import FONT, pdf_of
from portal.coverage.bulletins import BulletinRefused, digest_of, draft, issue, issued
from portal.coverage.counted import By
from portal.coverage.distribution import distribution
from portal.database import reach_units, set_reach
from portal.models import Bulletin, Entitlement, Unit
from portal.vocabulary import EntitlementState, Role
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, a_staff_member
from tests.coverage.builders import a_match, opened

AUTUMN = SchoolTerm.parse(TERM)


def a_province(session: Session, pupils: int = 12) -> Unit:
    """With so many pupils on a list, of one county."""
    school = a_school(session)
    for _ in range(pupils):
        a_match(session, a_pupil(session, school, id_number=None))
    opened(session)
    return school.parent.parent.parent


def put_out(session: Session, unit: Unit, words: str = "") -> Bulletin:
    drawn = draft(session, unit, AUTUMN, A_MONDAY)
    staff = a_staff_member(session, f"officer-{unit.code}", Role.PROVINCE_OFFICER, unit)
    return issue(session, drawn, drawn.digest, drawn.title, words, staff, A_MONDAY)


def test_figures_are_those_of_the_lists_of_that_day(session: Session) -> None:
    province = a_province(session)
    bulletin = put_out(session, province)
    total = distribution(session, province, TERM, By.CATEGORY).total
    assert bulletin.lines[-1][1:4] == [str(total.pupils), str(total.aided), str(total.unaided)] == ["12", "0", "12"]
    assert (bulletin.as_of, bulletin.number) == (A_MONDAY.date(), 1)


def test_what_happens_later_changes_nothing_in_it(session: Session) -> None:
    bulletin = put_out(session, a_province(session))
    before, paper = list(bulletin.lines), pdf_of(bulletin)
    for row in session.scalars(select(Entitlement)):
        row.state, row.paid_yuan = EntitlementState.PAID, row.due_yuan
    session.flush()
    session.refresh(bulletin)
    assert (bulletin.lines, digest_of(bulletin), pdf_of(bulletin)) == (before, bulletin.digest, paper)


@pytest.mark.parametrize("statement", ["UPDATE bulletin SET title = 'x'", "DELETE FROM bulletin"])
def test_nobody_rewrites_or_removes_one(session: Session, statement: str) -> None:
    put_out(session, a_province(session))
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(statement))


def test_figures_that_moved_since_they_were_seen_are_shown_again(session: Session) -> None:
    province = a_province(session)
    seen = draft(session, province, AUTUMN, A_MONDAY).digest
    a_match(session, a_pupil(session, id_number=None))
    opened(session)
    drawn = draft(session, province, AUTUMN, A_MONDAY)
    with pytest.raises(BulletinRefused, match="台账又变了"):
        issue(session, drawn, seen, drawn.title, "", a_staff_member(session), A_MONDAY + timedelta(minutes=5))


def test_no_number_of_a_person_gets_into_the_words(session: Session) -> None:
    with pytest.raises(BulletinRefused, match="证件号或电话"):
        put_out(session, a_province(session), "请联系 329901201603050015 的家长")


def test_those_below_and_above_read_it_and_strangers_do_not(session: Session) -> None:
    city = a_province(session).path + "3299/"
    put_out(session, a_county(session).parent)
    readers = {"/32/": 1, city: 1, f"{city}329901/": 1, f"{city}329901/3299010001/": 1, "/32/3298/": 0, "/41/": 0}
    for path, count in readers.items():
        set_reach(session, reach_units(path))
        assert len(issued(session)) == count, path


def test_the_paper_carries_its_own_font(session: Session) -> None:
    paper = pdf_of(put_out(session, a_province(session), "请各市在十月底前补发到位。"))
    assert paper.startswith(b"%PDF-") and b"/FontFile2" in paper and b"NotoSansSC" in paper
    assert ord("资") in TTFont(FONT, lazy=True).getBestCmap()
