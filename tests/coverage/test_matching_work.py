"""A run in parts: killed it goes on where it was, and the list of the last one stands until it is whole."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from portal import clock
from portal.coverage.matching_work import go_on, work_on
from portal.database import lock
from portal.enrolment.matching_runs import (
    GIVEN_UP,
    ONE_AT_A_TIME,
    begin,
    begin_or_join,
    compare_next,
    give_up,
    progress_of,
)
from portal.models import (
    Entitlement,
    Guardian,
    MatchPair,
    MatchPart,
    MatchRun,
    MessagePupil,
    Pupil,
    RegisterEntry,
)
from portal.outreach.audiences import waiting
from portal.outreach.dispatch import tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.reminders import plan
from portal.privacy.sealing import SealBroken
from portal.vocabulary import IntakeKind, MessageState
from tests.builders import A_MONDAY, a_bureau, a_county, a_pupil, a_school, an_entry, an_intake
from tests.conftest import ROOT
from tests.enrolment.test_matching_runs import AUTUMN, LATER
from tests.intake.arrivals import sessions_of
from tests.intake.files import CHEN_MING, XIAOCHUAN, XIAOYU
from tests.outreach.cases import a_matched_pupil, in_context, is_waiting_for_a_lock, listed_anew, states
from tests.outreach.kannel import wait_for

MATCH = (sys.executable, "-m", "flask", "match", "--unit", "329901", "--term", AUTUMN.code)
PEOPLE = (("王小雨", XIAOYU), ("王小川", XIAOCHUAN), ("陈明", CHEN_MING))
SOON = A_MONDAY + timedelta(minutes=5)


@pytest.fixture
def made(session: Session) -> MatchRun:
    """Three listed pupils, each a part of its own."""
    for name, number in PEOPLE:
        a_pupil(session, name=name, id_number=number)
        an_entry(session, name=name, id_number=number)
    made = begin(session, a_county(session), AUTUMN, "command", A_MONDAY, at_once=1)
    session.commit()
    return made


def parts(session: Session) -> list[MatchPart]:
    session.commit()
    return list(session.scalars(select(MatchPart).order_by(MatchPart.place)))


def rows(session: Session) -> int:
    session.commit()
    return session.scalar(select(func.count(Entitlement.id))) or 0


def standing(session: Session) -> int:
    return session.scalar(select(func.count()).where(MatchPair.superseded_at.is_(None))) or 0


def test_a_killed_run_goes_on_where_it_was(session: Session, made: MatchRun, environment: dict[str, str]) -> None:
    sessions = sessions_of(session)
    made.began_at = clock.now()  # the process has the clock of the machine
    _, held, last = parts(session)
    with closing(sessions()) as other:
        other.scalars(select(MatchPart).where(MatchPart.id == held.id).with_for_update()).one()
        working = subprocess.Popen(MATCH, cwd=ROOT, env=environment)
        wait_for(lambda: all(part.done_at for part in parts(session) if part.id != held.id))
        working.kill()
        working.wait()
    compared = session.get_one(Pupil, last.pupil_ids[0])
    compared.name = "某某"
    session.commit()
    assert standing(session) == 0

    assert go_on(sessions, clock.now() + timedelta(minutes=1)) == 1

    session.expire_all()
    assert (made.finished_at is not None, made.counts["certain"]) == (True, 3)
    assert session.scalar(select(func.count(Entitlement.id))) == 3


def test_how_far_a_run_is_counts_pupils(session: Session, made: MatchRun) -> None:
    work_on(sessions_of(session), made.id, A_MONDAY)
    assert progress_of(session, made) == (1, 3)


def test_the_old_list_stands_until_the_new_one_is_whole(session: Session, made: MatchRun) -> None:
    sessions = sessions_of(session)
    while work_on(sessions, made.id, A_MONDAY):
        pass
    session.execute(RegisterEntry.__table__.update().values(id_number_index=b"another"))
    again = begin(session, a_county(session), AUTUMN, "command", LATER, at_once=1)
    session.commit()
    for _ in range(3):
        assert work_on(sessions, again.id, LATER)
        assert standing(session) == 3
    assert work_on(sessions, again.id, LATER)
    assert standing(session) == 0


def test_the_list_stands_before_its_ledger_which_is_opened_part_by_part(session: Session, made: MatchRun) -> None:
    sessions = sessions_of(session)
    for _ in range(4):
        work_on(sessions, made.id, A_MONDAY)
    assert (standing(session), rows(session)) == (3, 0)
    work_on(sessions, made.id, A_MONDAY)
    assert (rows(session), made.finished_at) == (1, None)
    assert go_on(sessions, A_MONDAY + timedelta(minutes=1)) == 1
    assert (rows(session), parts(session), made.finished_at is None) == (3, [], False)


def reminded(session: Session) -> int:
    """How many more pupils are."""
    session.commit()
    before = session.scalar(select(func.count(MessagePupil.pupil_id.distinct()))) or 0
    plan(session, A_MONDAY, "sandbox")
    session.commit()
    return (session.scalar(select(func.count(MessagePupil.pupil_id.distinct()))) or 0) - before


def test_nobody_is_reminded_before_that_part_of_the_ledger_is_open(session: Session, made: MatchRun) -> None:
    sessions = sessions_of(session)
    for guardian, number in zip(session.scalars(select(Guardian)), "123", strict=True):
        guardian.phone = f"1990000000{number}"  # three families
    for _ in range(5):
        work_on(sessions, made.id, A_MONDAY)
    session.commit()
    assert (reminded(session), len(session.scalars(waiting(AUTUMN)).all())) == (1, 3)
    go_on(sessions, A_MONDAY + timedelta(minutes=1))
    assert reminded(session) == 2


def test_what_was_planned_before_leaves_while_the_ledger_of_a_new_list_is_opened(session: Session) -> None:
    a_matched_pupil(session)
    assert reminded(session) == 1
    listed_anew(session)
    tick(sessions_of(session), (Sandbox(),), A_MONDAY)
    assert states(session)[MessageState.SUPPRESSED] == 0


def test_a_list_that_stands_is_not_given_up_and_the_next_one_opens_what_is_left(
    session: Session, made: MatchRun
) -> None:
    sessions = sessions_of(session)
    for _ in range(4):
        work_on(sessions, made.id, A_MONDAY)
    give_up(session, made, LATER)
    assert (made.given_up_at, len(parts(session))) == (None, 3)
    again = begin(session, a_county(session), AUTUMN, "command", LATER)
    session.commit()
    while work_on(sessions, again.id, LATER):
        pass
    session.refresh(made)
    assert (rows(session), parts(session), made.finished_at) == (3, [], LATER)


def test_a_part_waits_long_for_whoever_changes_pairs(session: Session, made: MatchRun) -> None:
    sessions = sessions_of(session)
    for _ in range(4):
        work_on(sessions, made.id, A_MONDAY)
    event.listen(sessions, "after_begin", lambda _, __, on: on.exec_driver_sql("SET LOCAL lock_timeout = '50ms'"))
    with closing(sessions()) as other, ThreadPoolExecutor(1) as beside:
        other.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        opened = beside.submit(work_on, sessions, made.id, A_MONDAY)
        with pytest.raises(TimeoutError):
            opened.result(0.2)
        other.rollback()
        assert opened.result()


def test_who_finds_a_list_being_put_in_its_place_leaves_it_to_that_one(session: Session, made: MatchRun) -> None:
    sessions = sessions_of(session)
    with sessions.begin() as first:
        while compare_next(first, first.get_one(MatchRun, made.id), A_MONDAY):
            pass
    with sessions.begin() as busy:
        lock(busy, busy.get_one(MatchRun, made.id))

        assert not work_on(sessions, made.id, SOON)

    assert work_on(sessions, made.id, SOON)
    assert standing(session) == len(PEOPLE)


def test_what_cannot_be_opened_is_tried_again_and_holds_no_other_run_up(session: Session, made: MatchRun) -> None:
    sessions = sessions_of(session)
    for _ in range(4):
        work_on(sessions, made.id, A_MONDAY)
    pair = session.scalars(select(MatchPair)).first()
    assert pair
    category, pair.category_sealed = pair.category_sealed, b"broken"
    after = A_MONDAY + timedelta(seconds=1)
    other = begin(session, a_school(session, code="3299010002"), AUTUMN, "command", after)
    session.commit()
    with pytest.raises(SealBroken):
        go_on(sessions, A_MONDAY + timedelta(minutes=1))
    session.refresh(other)
    assert (other.finished_at is None, rows(session), len(parts(session))) == (False, 2, 1)
    pair.category_sealed = category
    session.commit()
    go_on(sessions, A_MONDAY + timedelta(minutes=2))
    assert (standing(session), rows(session)) == (3, 3)


def test_the_ledger_of_the_others_of_a_part_does_not_wait_for_a_damaged_pair(session: Session) -> None:
    for name, number in PEOPLE:
        a_pupil(session, name=name, id_number=number)
        an_entry(session, name=name, id_number=number)
    made = begin(session, a_county(session), AUTUMN, "command", A_MONDAY)
    session.commit()
    sessions = sessions_of(session)
    assert work_on(sessions, made.id, A_MONDAY) and work_on(sessions, made.id, A_MONDAY)
    session.scalars(select(MatchPair)).first().category_sealed = b"broken"  # type: ignore[union-attr]
    session.commit()
    assert work_on(sessions, made.id, A_MONDAY)
    assert (rows(session), [len(part.pupil_ids) for part in parts(session)]) == (2, [1])


def test_a_pair_that_fell_while_it_was_found_again_stands_again(session: Session, made: MatchRun) -> None:
    sessions = sessions_of(session)
    go_on(sessions, A_MONDAY + timedelta(minutes=1))
    again = begin(session, a_county(session), AUTUMN, "command", LATER, at_once=1)
    session.commit()
    for _ in range(3):
        work_on(sessions, again.id, LATER)
    session.execute(MatchPair.__table__.update().values(superseded_at=LATER))
    session.commit()
    work_on(sessions, again.id, LATER)
    assert standing(session) == 3


def test_pressing_twice_joins_the_run_under_way(session: Session, made: MatchRun) -> None:
    assert begin_or_join(session, a_county(session), AUTUMN, "command", SOON) is made


def test_of_two_who_press_at_once_the_second_joins(session: Session) -> None:
    a_pupil(session)
    session.commit()

    def press(sessions: "sessionmaker[Session]") -> UUID:
        with sessions.begin() as mine:
            return begin_or_join(mine, a_county(mine), AUTUMN, "command", SOON).id

    with ThreadPoolExecutor(1) as beside:
        first = begin_or_join(session, a_county(session), AUTUMN, "command", A_MONDAY).id
        second = beside.submit(in_context(lambda: press(sessions_of(session))))
        wait_for(is_waiting_for_a_lock)
        session.commit()
        assert second.result() == first


def test_a_file_that_came_since_begins_anew(session: Session, made: MatchRun) -> None:
    came = an_intake(session, a_bureau(session), IntakeKind.REGISTER, "2026-09")
    came.finished_at = SOON
    fresh = begin_or_join(session, a_county(session), AUTUMN, "command", SOON)
    assert (fresh is made, made.given_up_at) == (False, SOON)


def test_pairs_with_a_register_that_came_meanwhile_are_left_alone(session: Session, made: MatchRun) -> None:
    sessions = sessions_of(session)
    while work_on(sessions, made.id, A_MONDAY):
        pass
    again = begin(session, a_county(session), AUTUMN, "command", LATER)
    new = an_entry(session, batch="2026-09")
    pair = session.scalars(select(MatchPair).where(MatchPair.rule == "number_name")).first()
    assert pair
    pair.intake_id, pair.register_entry_id = new.intake_id, new.id
    session.execute(RegisterEntry.__table__.update().values(id_number_index=b"another"))
    session.commit()
    while work_on(sessions, again.id, LATER):
        pass
    assert standing(session) == 1


def test_what_never_ends_is_given_up_and_the_last_list_stands(session: Session, made: MatchRun) -> None:
    go_on(sessions_of(session), A_MONDAY + GIVEN_UP + timedelta(minutes=1))
    session.refresh(made)
    assert (made.finished_at, made.given_up_at is None) == (None, False)
    assert parts(session) == []
