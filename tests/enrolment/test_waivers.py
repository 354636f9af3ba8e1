from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.coverage.contacts import Spoken, record_contact
from portal.enrolment import waivers
from portal.models import Entitlement
from portal.vocabulary import Channel, Role
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_staff_member
from tests.coverage.builders import a_row

WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("first", "second", "final"),
    [
        ("family", "family", True),
        ("family", "staff:sch1", True),
        ("staff:sch1", "family", True),
        ("staff:sch1", "staff:cnty", True),
        ("staff:sch1", "staff:sch1", False),
        ("staff:sch1", "staff:gone", False),
    ],
)
def test_it_counts_when_not_the_school_alone_heard_it(session: Session, first: str, second: str, final: bool) -> None:
    pupil = a_pupil(session)
    a_staff_member(session, "sch1")
    a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))
    waivers.say(session, pupil, TERM, first, A_MONDAY)
    session.flush()
    assert waivers.is_final(waivers.say(session, pupil, TERM, second, A_MONDAY + WEEK)) is final


def test_six_days_are_not_seven(session: Session) -> None:
    pupil = a_pupil(session)
    for days in (0, 3, 6):
        waiver = waivers.say(session, pupil, TERM, "family", A_MONDAY + timedelta(days=days))
        session.flush()
    assert (waiver.repeated_at, waivers.counts_from(waiver)) == (None, (A_MONDAY + WEEK).date())


def test_taken_back_it_begins_anew(session: Session) -> None:
    pupil = a_pupil(session)
    waivers.say(session, pupil, TERM, "family", A_MONDAY)
    session.flush()
    waivers.take_back(session, pupil.id, TERM, "family", A_MONDAY)
    assert waivers.say(session, pupil, TERM, "family", A_MONDAY + WEEK).repeated_at is None


def test_a_school_that_writes_it_down_twice_ends_nothing(session: Session) -> None:
    row = a_row(session)
    a_staff_member(session, "sch1")
    spoken = Spoken(Channel.PHONE, reached=True, answer="no_aid", words="")
    for when in (A_MONDAY, A_MONDAY + WEEK, A_MONDAY + 2 * WEEK):
        record_contact(session, row.pupil, TERM, spoken, "staff:sch1", when)
        session.flush()
    assert session.scalars(select(Entitlement.closed_on)).all() == [None]
