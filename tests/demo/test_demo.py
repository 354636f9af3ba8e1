from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from portal.access.accounts import check_password
from portal.access.scope import scope_of
from portal.access.slips import find_pupil
from portal.access.tries import Asker
from portal.coverage.child import child_page
from portal.coverage.totals import totals
from portal.database import EVERYTHING, db, set_reach
from portal.demo import Demo, last_morning, make_demo
from portal.demo.people import K1, K2, K5, K7, SHARED_PHONE
from portal.models import Demonstration, Entitlement, Guardian, Intake, MatchPair, Pupil, Unit
from portal.policies.catalogue import load_catalogue
from portal.vocabulary import Basis, Decision, IntakeState
from tests.builders import A_MONDAY, TERM, a_county

CATALOGUE = load_catalogue()


@pytest.fixture
def sessions(app: Flask, session: Session) -> "sessionmaker[Session]":
    return sessionmaker(db.engine, info={"reach": EVERYTHING})


@pytest.fixture
def demo(sessions: "sessionmaker[Session]") -> Demo:
    made = make_demo(sessions, CATALOGUE, A_MONDAY)
    assert made is not None
    return made


def child(session: Session, number: str) -> Pupil:
    return session.scalars(select(Pupil).where(Pupil.id_number_index == Pupil.id_number.digest(number))).one()


def test_the_demonstration_is_whole(session: Session, sessions: "sessionmaker[Session]", demo: Demo) -> None:
    set_reach(session, EVERYTHING)
    files_are_in(session)
    people_are_as_told(session, demo)
    figures_agree(session, demo)
    accounts_and_slips_open(session, demo)
    assert make_demo(sessions, CATALOGUE, A_MONDAY) is None


def files_are_in(session: Session) -> None:
    intakes = session.scalars(select(Intake)).all()
    assert {intake.state for intake in intakes} == {IntakeState.KEPT}
    assert len(intakes) == 8
    assert session.get(Demonstration, 1) is not None


def people_are_as_told(session: Session, demo: Demo) -> None:
    row = session.scalars(select(Entitlement).where(Entitlement.pupil_id == child(session, K1.number).id)).one()
    assert demo.messages > 40
    assert (row.policy, row.due_yuan, row.state) == ("CMP-LIVE", 500, "matched")
    assert row.because == "您家在示例县民政局2026年8月低保名单里"
    page = child_page(session, child(session, K1.number).id, CATALOGUE, date(2026, 9, 7))
    assert page and (page.figure, page.ask.teacher, page.ask.landline) == ("500", "李老师", "0510-00000001")
    brother = session.scalars(select(MatchPair).where(MatchPair.pupil_id == child(session, K2.number).id)).all()
    assert {(pair.decision, pair.basis, pair.rule) for pair in brother} == {
        (Decision.HOUSEHOLD, Basis.GUARDIAN, "guardian_number_name"),
        (Decision.HOUSEHOLD, Basis.HOUSEHOLD, "sibling_listed"),
    }
    student = session.scalars(select(Entitlement).where(Entitlement.pupil_id == child(session, K5.number).id)).one()
    assert (student.policy, student.owner_level) == ("UG-NG", "school")
    at_home = session.scalars(select(MatchPair).where(MatchPair.pupil_id == child(session, K7.number).id)).one()
    assert at_home.decision is Decision.CERTAIN
    shared = select(func.count()).where(Guardian.phone_index == Guardian.phone.digest(SHARED_PHONE))
    assert session.scalar(shared) == 23


def figures_agree(session: Session, demo: Demo) -> None:
    province = session.scalars(select(Unit).where(Unit.code == "32")).one()
    found = totals(session, scope_of(province), TERM, date(2026, 9, 7))
    assert (found.rows, found.open_without_next_step) == (demo.rows, 0)
    assert set(found.by_state) == {"matched", "reached", "approved", "paid", "received"}
    assert session.scalar(select(func.count()).select_from(Pupil)) == demo.pupils


def accounts_and_slips_open(session: Session, demo: Demo) -> None:
    assert len({account.password for account in demo.accounts}) == 9
    for account in demo.accounts[:2]:
        assert check_password(session, account.account, account.password, "127.0.0.1", A_MONDAY).active
    family = demo.families[0]
    assert (
        find_pupil(session, family.slip, family.birth_date, Asker("127.0.0.1", "a phone"), A_MONDAY).name
        == family.child
        == "王小雨"
    )


def test_a_database_with_units_of_its_own_is_left_alone(session: Session, sessions: "sessionmaker[Session]") -> None:
    a_county(session)
    session.commit()
    assert make_demo(sessions, CATALOGUE, A_MONDAY) is None
    assert session.get(Demonstration, 1) is None


def test_what_was_interrupted_is_finished(session: Session, sessions: "sessionmaker[Session]") -> None:
    stopped = RuntimeError("the lamp went out")

    def stop_at_matching(words: str) -> None:
        if "比对" in words:
            raise stopped

    with pytest.raises(RuntimeError):
        make_demo(sessions, CATALOGUE, A_MONDAY, stop_at_matching)
    made = make_demo(sessions, CATALOGUE, A_MONDAY)
    set_reach(session, EVERYTHING)
    assert made is not None
    assert session.scalar(select(func.count()).select_from(Pupil)) == made.pupils


@pytest.mark.parametrize(
    ("started", "morning"),
    [
        ("2026-09-07T10:30+08:00", "2026-09-07T10:00+08:00"),
        ("2026-09-08T03:00+08:00", "2026-09-07T10:00+08:00"),
        ("2026-10-04T12:00+08:00", "2026-09-30T10:00+08:00"),
    ],
)
def test_the_demonstration_happens_on_a_morning_when_messages_may_leave(started: str, morning: str) -> None:
    assert last_morning(datetime.fromisoformat(started)) == datetime.fromisoformat(morning)
