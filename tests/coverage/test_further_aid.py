"""特别困难: a flag stays open until a further source is recorded, or refused with a reason."""

import pytest
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage import further_aid, rolls
from portal.coverage.further_aid import FurtherAidRefused
from tests.builders import A_MONDAY, TERM, a_pupil, a_staff_member


def test_a_flag_is_open_until_a_source_is_recorded(session: Session) -> None:
    pupil, officer = a_pupil(session), a_staff_member(session)
    flagged = further_aid.flag(session, pupil, "父亲重病，家里没有收入", officer, A_MONDAY)
    assert further_aid.flag(session, pupil, "再点一次标记", officer, A_MONDAY) is flagged
    assert rolls.counts(session, scope_of(pupil.school), TERM)["further"] == 1
    further_aid.settle(session, flagged, "charity", "慈善会助学金1000元，10月发放", officer, A_MONDAY)
    assert rolls.counts(session, scope_of(pupil.school), TERM)["further"] == 0
    assert [row.source for row in further_aid.all_of(session, pupil.id)] == ["charity"]


@pytest.mark.parametrize(
    ("source", "words", "sentence"),
    [
        ("", "", "没有落实的，请写明为什么"),
        ("charity", "", "请写明落实了什么"),
        ("lottery", "中了彩票五百元", "请从列表里选"),
        ("", "缺低保证复印件，办不了", "不能写要证明材料的话"),
    ],
)
def test_without_a_source_or_a_reason_it_stays_open(session: Session, source: str, words: str, sentence: str) -> None:
    pupil, officer = a_pupil(session), a_staff_member(session)
    flagged = further_aid.flag(session, pupil, "父亲重病，家里没有收入", officer, A_MONDAY)
    with pytest.raises(FurtherAidRefused, match=sentence):
        further_aid.settle(session, flagged, source, words, officer, A_MONDAY)
    assert further_aid.open_of(session, pupil.id) is flagged


def test_why_nothing_was_found_closes_it_too(session: Session) -> None:
    pupil, officer = a_pupil(session), a_staff_member(session)
    flagged = further_aid.flag(session, pupil, "父亲重病，家里没有收入", officer, A_MONDAY)
    further_aid.settle(session, flagged, "", "问过慈善会和工会，今年名额已满", officer, A_MONDAY)
    assert further_aid.open_of(session, pupil.id) is None
    assert flagged.source == ""
