"""A register is put right, withdrawn, expires: what rested on it falls or stays, and every row says so."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.clock import SchoolTerm
from portal.coverage.keepers import KEEPERS
from portal.coverage.lapses import NotWithdrawn, expire, resting_on, withdraw
from portal.coverage.ledger import open_rows
from portal.coverage.steps import LIST_GONE
from portal.coverage.today import pupils_to_settle
from portal.enrolment.lists import matched
from portal.enrolment.matching_runs import ONE_AT_A_TIME, MatchingBusy, run
from portal.models import AuditEntry, Entitlement, EntitlementChange, Intake, MatchPair, MatchRun, RegisterEntry, Unit
from portal.policies.catalogue import load_catalogue
from portal.vocabulary import EntitlementState, IntakeKind, IntakeState, Role, UnitLevel
from tests.builders import A_MONDAY, TERM, a_bureau, a_county, a_pupil
from tests.intake.arrivals import arrive, register, sessions_of
from tests.intake.files import XIAOCHUAN, XIAOYU

CATALOGUE = load_catalogue()
YU = {"困难类别": "低保", "姓名": "王小雨", "身份证件号": XIAOYU}
CHUAN = {"困难类别": "低保", "姓名": "王小川", "身份证件号": XIAOCHUAN}
LATER = A_MONDAY + timedelta(days=1)


def deliver(
    session: Session, *rows: dict[str, str], bureau: Unit | None = None, replaces: bool = True, **more: str
) -> Intake:
    bureau, data = bureau or a_bureau(session), register(*rows)
    return arrive(session, IntakeKind.REGISTER, bureau, data, keepers=KEEPERS, replaces=replaces, **more)


def match(session: Session) -> MatchRun:
    made = run(session, a_county(session), SchoolTerm.parse(TERM), "command", LATER)
    open_rows(session, made, CATALOGUE, LATER)
    session.commit()
    return made


def standing(session: Session) -> list[str]:
    pairs = session.scalars(select(MatchPair).where(MatchPair.superseded_at.is_(None)))
    return sorted(pair.pupil.name or "" for pair in pairs)


def two_pupils(session: Session) -> None:
    a_pupil(session)
    a_pupil(session, name="王小川", id_number=XIAOCHUAN)


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RegisterEntry)) or 0


def test_who_is_taken_off_a_corrected_list_is_matched_no_longer(session: Session) -> None:
    two_pupils(session)
    first = deliver(session, YU, CHUAN)
    match(session)
    deliver(session, YU)

    assert standing(session) == ["王小雨"]
    assert match(session).counts["certain"] == 1
    session.refresh(first)
    assert (first.state, entries(session)) == (IntakeState.REPLACED, 1)


def test_a_second_part_of_a_list_joins_the_first(session: Session) -> None:
    two_pupils(session)
    deliver(session, YU)
    deliver(session, CHUAN, replaces=False)
    match(session)
    assert standing(session) == ["王小川", "王小雨"]


def test_who_stays_on_a_corrected_list_keeps_the_very_pair(session: Session) -> None:
    two_pupils(session)
    deliver(session, YU, CHUAN)
    match(session)
    before = session.scalars(select(MatchPair.id).where(MatchPair.pupil.has(name_index=_named("王小雨")))).all()
    deliver(session, YU)
    match(session)

    pairs = session.scalars(select(MatchPair).where(MatchPair.superseded_at.is_(None)))
    assert [(pair.id, pair.register_entry_id is None) for pair in pairs] == [(before[0], False)]


def _named(name: str) -> bytes | None:
    return MatchPair.pupil.property.mapper.class_.name.digest(name)


def test_a_list_put_right_and_then_put_back_counts_again(session: Session) -> None:
    two_pupils(session)
    for rows in ((YU, CHUAN), (YU,), (YU, CHUAN)):
        deliver(session, *rows)
    assert match(session).counts["certain"] == 2
    states = session.scalars(select(Intake.state).where(Intake.kind == IntakeKind.REGISTER).order_by(Intake.ended_at))
    assert sorted(states) == [IntakeState.KEPT, IntakeState.REPLACED, IntakeState.REPLACED]


def test_the_same_list_twice_is_the_same_list(session: Session) -> None:
    assert deliver(session, YU).id == deliver(session, YU).id
    assert entries(session) == 1


@pytest.mark.parametrize("other", [{"occasion": "2026-09"}, {"category": "ORPHAN"}])
def test_another_batch_or_category_stands_beside_it(session: Session, other: dict[str, str]) -> None:
    deliver(session, YU)
    deliver(session, CHUAN, **other)
    assert entries(session) == 2


def test_another_bureaus_list_stands_beside_it(session: Session) -> None:
    deliver(session, YU)
    deliver(session, YU, bureau=a_bureau(session, code="329901-CL"))
    assert entries(session) == 2


def test_what_rests_on_a_list_is_counted_by_school_and_what_rests_on_two_is_safe(session: Session) -> None:
    two_pupils(session)
    first = deliver(session, YU, CHUAN)
    deliver(session, YU, bureau=a_bureau(session, code="329901-CL"))
    match(session)
    rows = session.scalar(select(func.count()).select_from(Entitlement)) or 0

    (school,) = resting_on(session, first).schools

    assert (school.school, school.certain, school.doubtful) == ("示例县实验小学", 2, 0)
    assert 0 < school.rows < rows


def test_after_a_withdrawal_the_row_is_open_work_of_the_county_and_its_history_whole(session: Session) -> None:
    two_pupils(session)
    intake = deliver(session, YU)
    match(session)
    history = session.scalar(select(func.count()).select_from(EntitlementChange)) or 0

    withdraw(session, intake, "staff:mz", LATER)

    row = session.scalars(select(Entitlement)).first()
    assert row is not None
    assert (row.closed_on, row.next_step, row.owner_level) == (None, LIST_GONE.words, UnitLevel.COUNTY)
    assert row.changes[-1].what == "所依据的名单由提供部门撤回"
    assert session.scalar(select(func.count()).select_from(EntitlementChange)) == history + len(_rows(session))
    assert (standing(session), entries(session), intake.state) == ([], 0, IntakeState.WITHDRAWN)


def _rows(session: Session) -> list[Entitlement]:
    return list(session.scalars(select(Entitlement)))


def test_money_that_is_out_is_only_noted(session: Session) -> None:
    two_pupils(session)
    intake = deliver(session, YU)
    match(session)
    row = _rows(session)[0]
    row.state = EntitlementState.PAID
    step = row.next_step
    withdraw(session, intake, "staff:mz", LATER)
    session.refresh(row)
    assert (row.next_step, row.changes[-1].what) == (step, "所依据的名单由提供部门撤回")


def test_a_list_is_withdrawn_once(session: Session) -> None:
    intake = deliver(session, YU)
    withdraw(session, intake, "staff:mz", LATER)
    with pytest.raises(NotWithdrawn, match="已撤回"):
        withdraw(session, intake, "staff:mz", LATER)


def test_nothing_is_withdrawn_under_a_running_match(session: Session) -> None:
    intake = deliver(session, YU)
    with sessions_of(session).begin() as running:
        running.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        with pytest.raises(MatchingBusy):
            withdraw(session, intake, "staff:mz", LATER)


def test_on_its_day_a_list_is_destroyed_and_what_was_found_stays(session: Session) -> None:
    two_pupils(session)
    intake = deliver(session, YU)
    match(session)
    intake.expires_on = date(2026, 12, 31)

    assert expire(session, LATER, date(2026, 12, 30)) == 0
    assert expire(session, LATER, date(2026, 12, 31)) == 1
    match(session)

    assert (entries(session), standing(session)) == (0, ["王小雨"])
    pair = session.scalars(select(MatchPair)).one()
    assert (pair.register, pair.category) == ("示例县民政局 2026-08", "DIBAO")
    assert _rows(session)[0].next_step != LIST_GONE.words


def test_a_doubt_ends_with_its_list_and_is_counted_no_more_what_is_sure_says_that_it_stays(session: Session) -> None:
    two_pupils(session)
    intake = deliver(session, YU, CHUAN | {"姓名": "王小船"})
    assert (match(session).counts["certain"], match(session).counts["possible"]) == (1, 1)
    intake.expires_on = date(2026, 9, 8)
    expire(session, LATER, date(2026, 9, 8))

    counts = match(session).counts
    assert (counts["certain"], counts["possible"], counts["unmatched"]) == (1, 0, 1)
    assert pupils_to_settle(session, scope_of(a_county(session)), SchoolTerm.parse(TERM), Role.COUNTY_OFFICER) == 0
    (line,) = matched(session, scope_of(a_county(session)), TERM)
    assert line.because.endswith("名单已到期销毁，结论保留")


@pytest.mark.parametrize("how", ["replaced", "withdrawn", "expired"])
def test_every_end_is_in_the_trail(session: Session, how: str) -> None:
    intake = deliver(session, YU)
    intake.expires_on = date(2026, 9, 1)
    ends = {
        "replaced": lambda: deliver(session, CHUAN),
        "withdrawn": lambda: withdraw(session, intake, "staff:mz", LATER),
        "expired": lambda: expire(session, LATER, date(2026, 9, 8)),
    }
    session.commit()
    ends[how]()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == f"register_{how}")).one()
    assert (entry.unit_id, entry.detail["intake"]) == (intake.unit_id, str(intake.id))
