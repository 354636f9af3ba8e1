"""Between the look at a claim and the start of one of its messages: what changed meanwhile is seen."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.enrolment.confirmation import confirm
from portal.models import Message, Move, Pupil
from portal.outreach import outbox
from portal.outreach.last_look import CONFIRMED, NUMBER_CHANGED, Letter
from portal.outreach.left_out import OPTED_OUT
from portal.outreach.opt_outs import opt_out
from portal.outreach.pauses import pause
from portal.outreach.reminders import plan
from portal.outreach.starting import LOOK_AGAIN, LOOK_LASTS, look_at, start
from portal.vocabulary import Channel, MessageState, MoveKind
from tests.builders import A_MONDAY, TERM, a_pupil
from tests.coverage.builders import a_match
from tests.outreach.cases import a_matched_pupil, messages, sessions

ME, ANOTHER = "here:1:a", "there:2:b"
SECOND = timedelta(seconds=1)


def looked_at(session: Session, worker: str = ME) -> list[Letter]:
    letters = look_at(session, outbox.claim(session, worker, A_MONDAY), worker, A_MONDAY).letters
    session.commit()
    return letters


def confirmed(session: Session, pupil: Pupil) -> None:
    confirm(session, pupil, TERM, True, True, "family", A_MONDAY)


def refused(session: Session, pupil: Pupil) -> None:
    opt_out(session, pupil.guardians[0].phone_index or b"", Channel.SMS, "reply", A_MONDAY)


def renumbered(_: Session, pupil: Pupil) -> None:
    pupil.guardians[0].phone = "19900000077"


def suspended(session: Session, pupil: Pupil) -> None:
    session.add(
        Move(
            pupil_id=pupil.id, school_id=pupil.school_id, kind=MoveKind.SUSPENSION, term=TERM,
            happened_on=date(2026, 9, 7), recorded_at=A_MONDAY, recorded_by="staff:sch1",
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("happens", "because"),
    [(confirmed, CONFIRMED), (refused, OPTED_OUT), (renumbered, NUMBER_CHANGED), (suspended, CONFIRMED)],
)
def test_what_happens_after_the_look_stops_the_message(
    session: Session, happens: Callable[[Session, Pupil], None], because: str
) -> None:
    pupil = a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    letters = looked_at(session)
    happens(session, pupil)

    started = start(session, letters, ME, "kannel", A_MONDAY + SECOND)
    session.commit()

    assert (started.outgoing, dict(started.suppressed)) == ([], {because: 1})
    assert messages(session)[0].state is MessageState.SUPPRESSED


def test_a_pause_after_the_look_sends_it_back_into_the_queue(session: Session) -> None:
    pupil = a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    letters = looked_at(session)
    pause(session, pupil.school_id, "核实名单", "staff:cnty", A_MONDAY)

    assert start(session, letters, ME, "kannel", A_MONDAY).outgoing == []
    session.commit()
    assert (messages(session)[0].state, messages(session)[0].due_at) == (MessageState.QUEUED, A_MONDAY + LOOK_AGAIN)


def test_what_was_looked_at_long_ago_is_said_in_the_words_of_now(session: Session) -> None:
    pupil = a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    letters = looked_at(session)
    pupil.name = "欧阳雨"
    session.commit()

    (outgoing,) = start(session, letters, ME, "kannel", A_MONDAY + LOOK_LASTS + SECOND).outgoing

    assert "王同学" in letters[0].written.text
    assert "欧阳同学" in outgoing.text


def test_another_family_that_comes_to_the_number_makes_the_words_neutral(session: Session) -> None:
    a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    letters = looked_at(session)
    a_match(session, a_pupil(session, name="赵远", id_number="419901201510010067", guardian="赵母"))
    session.commit()

    (outgoing,) = start(session, letters, ME, "kannel", A_MONDAY + SECOND).outgoing

    assert "王同学" in letters[0].written.text
    assert "王同学" not in outgoing.text


def test_of_two_messages_for_one_number_only_one_is_in_anybodys_hands(session: Session) -> None:
    a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    session.commit()
    first = messages(session)[0]
    same = {column.key: getattr(first, column.key) for column in Message.__table__.columns if column.key != "id"}
    session.add(Message(**same | {"matter": "not-applied:2026-autumn"}))
    session.commit()

    mine = outbox.claim(session, ME, A_MONDAY, most=1)
    session.commit()
    with sessions().begin() as beside:
        theirs = look_at(beside, outbox.claim(beside, ANOTHER, A_MONDAY), ANOTHER, A_MONDAY)

    assert (len(mine), theirs.letters) == (1, [])
    assert sorted(m.due_at for m in messages(session)) == [A_MONDAY, A_MONDAY + LOOK_AGAIN]


def test_a_child_who_is_away_silences_no_other(session: Session) -> None:
    away = a_matched_pupil(session)
    a_matched_pupil(session, name="赵远", id_number="419901201510010067", phone="19900000002", guardian="赵母")
    suspended(session, away)

    assert plan(session, A_MONDAY, "kannel").messages == 1
    assert [letter.phone for letter in looked_at(session)] == ["19900000002"]
