"""今天: the four figures and what waits, each the length of the list it opens."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.clock import SchoolTerm
from portal.coverage.contacts import ContactRefused, Spoken, record_contact
from portal.coverage.lists import LedgerFilter, ledger_lines
from portal.coverage.progress import note_not_received, note_paid
from portal.coverage.today import Figures, figures, next_due, overdue_rows
from portal.vocabulary import Channel
from tests.builders import A_MONDAY, TERM, a_school
from tests.coverage.builders import CATALOGUE, a_row

AUTUMN = SchoolTerm.parse(TERM)


@pytest.fixture(autouse=True)
def monday():  # type: ignore[no-untyped-def]
    with time_machine.travel(A_MONDAY, tick=False):
        yield


def spoken(session: Session, channel: Channel = Channel.PHONE, reached: bool = True, answer: str = "") -> None:
    row = a_row(session)
    record_contact(session, row.pupil, TERM, Spoken(channel, reached, answer, ""), "staff:sch1", A_MONDAY)
    session.flush()


def test_a_listed_pupil_is_recognised_unaided_and_500_yuan_short(session: Session) -> None:
    a_row(session)
    assert figures(session, scope_of(a_school(session)), AUTUMN, A_MONDAY.date()) == Figures(1, 0, 1, 500)


def test_a_spoken_contact_makes_the_family_aware_and_a_vain_one_does_not(session: Session) -> None:
    spoken(session, reached=False)
    assert figures(session, scope_of(a_school(session)), AUTUMN, A_MONDAY.date()).aware == 0
    pupil_rows = ledger_lines(
        session, scope_of(a_school(session)), TERM, CATALOGUE, A_MONDAY.date(), LedgerFilter(aware=False)
    )
    assert pupil_rows.total == 1


def test_whoever_was_reached_is_on_the_list_of_the_aware(session: Session) -> None:
    spoken(session)
    scope = scope_of(a_school(session))
    aware = ledger_lines(session, scope, TERM, CATALOGUE, A_MONDAY.date(), LedgerFilter(aware=True))
    assert (figures(session, scope, AUTUMN, A_MONDAY.date()).aware, aware.total) == (1, 1)


def test_paid_is_not_unaided_until_the_family_says_it_did_not_come(session: Session) -> None:
    row, scope = a_row(session), scope_of(a_school(session))
    note_paid(session, row, row.due_yuan, "command", A_MONDAY)
    session.flush()
    assert figures(session, scope, AUTUMN, A_MONDAY.date()).unaided == 0
    note_not_received(session, row, "family", A_MONDAY)
    session.flush()
    missing = ledger_lines(session, scope, TERM, CATALOGUE, A_MONDAY.date(), LedgerFilter(not_received=True))
    assert (figures(session, scope, AUTUMN, A_MONDAY.date()).unaided, missing.total) == (1, 1)


def test_the_next_due_day_becomes_the_overdue_one(session: Session) -> None:
    row, scope = a_row(session), scope_of(a_school(session))
    assert next_due(session, scope, AUTUMN, A_MONDAY.date()) == (row.next_step_due, 1)
    later = A_MONDAY.date() + timedelta(days=60)
    assert (next_due(session, scope, AUTUMN, later), overdue_rows(session, scope, AUTUMN, later)) == (None, 1)


@pytest.mark.parametrize(("channel", "reached", "answer"), [(Channel.SMS, True, ""), (Channel.PHONE, False, "yes")])
def test_a_contact_that_cannot_be_is_refused(session: Session, channel: Channel, reached: bool, answer: str) -> None:
    with pytest.raises(ContactRefused):
        spoken(session, channel, reached, answer)
