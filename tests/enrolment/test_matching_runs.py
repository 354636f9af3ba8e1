from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.enrolment.matching_runs import ONE_AT_A_TIME, MatchingBusy, run
from portal.models import AuditEntry, Guardian, MatchPair, MatchRun, Pupil, RegisterEntry, Unit
from portal.vocabulary import Basis, Decision
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, an_entry
from tests.intake.arrivals import sessions_of
from tests.intake.files import CHEN_MING, XIAOCHUAN, XIAOYU

AUTUMN = SchoolTerm.parse(TERM)
LATER = A_MONDAY + timedelta(days=1)


def compare(session: Session, unit: Unit | None = None, now=A_MONDAY) -> MatchRun:  # type: ignore[no-untyped-def]
    return run(session, unit or a_county(session), AUTUMN, "command", now)


def standing(session: Session) -> list[MatchPair]:
    return list(session.scalars(select(MatchPair).where(MatchPair.superseded_at.is_(None))))


def only_pair(session: Session) -> MatchPair:
    (pair,) = standing(session)
    return pair


def test_number_and_name_make_a_certain_pair_with_rule_sentence_and_category(session: Session) -> None:
    pupil, entry = a_pupil(session), an_entry(session)

    made = compare(session)

    pair = only_pair(session)
    assert (pair.pupil_id, pair.register_entry_id, pair.run_id) == (pupil.id, entry.id, made.id)
    assert (pair.decision, pair.basis, pair.rule) == (Decision.CERTAIN, Basis.SELF, "number_name")
    assert (pair.category, pair.because) == ("DIBAO", "证件号一致，姓名一致；出生日期一致；在有效期内")


def test_a_number_under_another_name_is_never_certain(session: Session) -> None:
    a_pupil(session)
    an_entry(session, name="李大")
    compare(session)
    assert only_pair(session).decision is Decision.POSSIBLE


@pytest.mark.parametrize("dot", "•.・‧⋅∙．")
def test_every_dot_of_a_name_is_as_good(session: Session, dot: str) -> None:
    a_pupil(session, name="阿依古丽·买买提")
    an_entry(session, name=f"阿依古丽{dot}买买提")
    compare(session)
    assert only_pair(session).decision is Decision.CERTAIN


def test_another_character_for_the_same_name_is_certain_and_listed_for_correction(session: Session) -> None:
    a_pupil(session, name="李頔")
    an_entry(session, name="李𬱖")
    compare(session)
    pair = only_pair(session)
    assert (pair.decision, pair.rule) == (Decision.CERTAIN, "number_name_variant")
    assert "「頔」与「𬱖」" in (pair.because or "")


@pytest.mark.parametrize(
    ("values", "decision"),
    [
        ({"valid_to": date(2026, 8, 31)}, Decision.POSSIBLE),
        ({"valid_to": date(2026, 9, 1)}, Decision.CERTAIN),
        ({"valid_to_unreadable": True}, Decision.POSSIBLE),
        ({"valid_from": date(2027, 2, 1)}, Decision.POSSIBLE),
        ({"valid_from": date(2027, 1, 31)}, Decision.CERTAIN),
        ({"valid_from": date(2027, 1, 31), "valid_to": date(2026, 12, 31)}, Decision.POSSIBLE),
    ],
)
def test_an_entry_must_be_in_force_in_the_term(session: Session, values: dict[str, object], decision: Decision) -> None:
    a_pupil(session)
    an_entry(session, **values)
    compare(session)
    assert only_pair(session).decision is decision


def test_a_guardian_on_a_register_makes_a_household(session: Session) -> None:
    pupil = a_pupil(session)
    session.scalars(select(Guardian)).one().id_number = CHEN_MING
    an_entry(session, name="王丽", id_number=CHEN_MING)
    made = compare(session)
    pair = only_pair(session)
    assert (pair.pupil_id, pair.decision, pair.basis) == (pupil.id, Decision.HOUSEHOLD, Basis.GUARDIAN)
    assert made.counts == {"pupils": 1, "certain": 0, "possible": 0, "household": 1, "unmatched": 0}


def test_each_pupil_counts_once_by_the_strongest_pair(session: Session) -> None:
    a_pupil(session)
    a_pupil(session, name="王小川", id_number=XIAOCHUAN)
    a_pupil(session, name="陈明", id_number=CHEN_MING)
    an_entry(session)
    an_entry(session, category="DIS")
    an_entry(session, name="错名", id_number=XIAOCHUAN)
    assert compare(session).counts == {"pupils": 3, "certain": 1, "possible": 1, "household": 0, "unmatched": 1}


@pytest.mark.parametrize(("source", "found"), [("民政", 2), ("本地民政局", 2), ("本地", 1), ("本地名单", 1)])
def test_what_a_county_lists_by_itself_counts_at_its_own_schools_and_says_so(
    session: Session, source: str, found: int
) -> None:
    next_door = a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学")
    here = a_pupil(session)
    a_pupil(session, next_door, "陈明", CHEN_MING)
    an_entry(session, source=source, bureau=a_county(session))
    an_entry(session, "陈明", CHEN_MING, source=source, bureau=a_county(session))
    compare(session, here.school.parent.parent)
    pairs = standing(session)
    assert len(pairs) == found
    assert all(("（本地）" in (pair.register or "")) is (found == 1) for pair in pairs)


def test_a_citys_own_list_counts_in_all_its_counties(session: Session) -> None:
    a_pupil(session, a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学"))
    here = a_county(session)
    an_entry(session, source="本地", bureau=here.parent)
    compare(session, here.parent)
    assert only_pair(session).decision is Decision.CERTAIN


@pytest.mark.parametrize(("source", "found"), [("民政", 1), ("本地", 0)])
def test_a_guardian_on_a_countys_own_list_makes_no_household_next_door(
    session: Session, source: str, found: int
) -> None:
    a_pupil(session, a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学"))
    session.scalars(select(Guardian)).one().id_number = CHEN_MING
    an_entry(session, "王丽", CHEN_MING, source=source, bureau=a_county(session))
    compare(session, a_county(session).parent)
    assert len(standing(session)) == found


def test_another_countys_own_list_makes_no_doubt_of_a_number_here(session: Session) -> None:
    a_pupil(session)
    an_entry(session)
    an_entry(session, name="李大", source="本地", bureau=a_county(session, "329902", "邻县"))
    compare(session)
    assert only_pair(session).decision is Decision.CERTAIN


def test_running_again_leaves_the_same_pairs(session: Session) -> None:
    a_pupil(session)
    an_entry(session)
    compare(session)
    first = only_pair(session).id

    compare(session, now=LATER)

    assert only_pair(session).id == first
    assert len(session.scalars(select(MatchPair)).all()) == 1


def test_a_pair_that_no_longer_holds_is_superseded_and_stays_readable(session: Session) -> None:
    pupil = a_pupil(session)
    an_entry(session)
    compare(session)
    pupil.name = "王大雨"
    session.flush()

    compare(session, now=LATER)

    session.expire_all()
    old, new = sorted(session.scalars(select(MatchPair)), key=lambda pair: pair.superseded_at is None)
    assert (old.decision, old.superseded_at) == (Decision.CERTAIN, LATER)
    assert (new.decision, new.superseded_at) == (Decision.POSSIBLE, None)


def test_pupils_of_other_units_terms_and_those_who_left_get_no_pair(session: Session) -> None:
    elsewhere = a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学")
    a_pupil(session, elsewhere)
    a_pupil(session, name="王小川", id_number=XIAOCHUAN, term="2026-spring")
    an_entry(session)
    an_entry(session, name="王小川", id_number=XIAOCHUAN)
    assert compare(session).counts["pupils"] == 0
    assert standing(session) == []


def test_a_number_that_another_school_s_child_uses_is_not_certain(session: Session) -> None:
    a_pupil(session)
    elsewhere = a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学")
    a_pupil(session, elsewhere, name="李大", id_number=XIAOYU)
    an_entry(session)
    compare(session)
    pair = only_pair(session)
    assert (pair.decision, pair.rule) == (Decision.POSSIBLE, "number_shared_in_roster")


def test_a_number_shared_within_the_roster_says_so(session: Session) -> None:
    for name in ("王小雨", "李大"):
        a_pupil(session, name=name).id_certain = False
    an_entry(session)
    compare(session)
    assert {pair.rule for pair in standing(session)} == {"number_shared_in_roster", "number_other_name"}


def test_two_names_under_one_number_in_registers_are_not_certain(session: Session) -> None:
    a_pupil(session)
    an_entry(session)
    an_entry(session, name="李大")
    compare(session)
    assert {pair.decision for pair in standing(session)} == {Decision.POSSIBLE}


def test_a_school_and_its_county_come_to_the_same(session: Session) -> None:
    a_pupil(session)
    an_entry(session)
    at_school = compare(session, a_school(session)).counts
    assert compare(session, now=LATER).counts == at_school


def test_a_run_is_in_the_audit_trail_with_its_counts(session: Session) -> None:
    a_pupil(session)
    made = compare(session)
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "matched")).one()
    assert entry.detail["counts"] == made.counts


def test_two_runs_at_once_are_refused(session: Session) -> None:
    a_county(session)
    session.commit()
    with sessions_of(session).begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        with pytest.raises(MatchingBusy):
            compare(session)


def test_a_run_that_breaks_leaves_the_last_list_standing(session: Session) -> None:
    a_pupil(session)
    entry = an_entry(session)
    compare(session)
    session.commit()
    first = only_pair(session).id
    entry.name = "李大"
    session.flush()

    compare(session, now=LATER)
    session.rollback()

    assert only_pair(session).id == first
    assert len(session.scalars(select(MatchRun)).all()) == 1
    assert session.scalars(select(RegisterEntry)).one().name == "王小雨"
    assert session.scalars(select(Pupil)).one().name == "王小雨"
