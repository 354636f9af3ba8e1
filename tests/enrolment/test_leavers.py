"""离校后匿名化: off until the authority says after how many years; names go, rows with their yuan stay (L-09)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.determinations import Said, record
from portal.enrolment.leavers import NOBODY, anonymise
from portal.models import AuditEntry, EnrolmentRecord, Entitlement, Guardian, MatchPair, Pupil, Slip
from portal.schedule import JOBS
from portal.vocabulary import Determination
from tests.builders import A_MONDAY, TERM, a_pupil, a_staff_member
from tests.coverage.builders import a_row
from tests.families.people import a_slip
from tests.outreach.cases import sessions

YEARS_LATER = datetime(2031, 3, 1, 2, 40, tzinfo=UTC)
(JOB,) = (job for job in JOBS if job.name == "anonymise leavers")


def a_leaver(session: Session) -> Entitlement:
    """王小雨 stood on a roll in autumn 2026 for the last time; 500 yuan were due and paid."""
    row = a_row(session)
    row.paid_yuan, row.closed_on, row.reason = row.due_yuan, datetime(2026, 12, 1, tzinfo=UTC).date(), None
    a_slip(session, row.pupil)
    return row


def counts(session: Session) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in (Guardian, Slip)]


def test_who_left_is_nobody_and_the_row_keeps_its_yuan(session: Session) -> None:
    row = a_leaver(session)
    said = Said(Determination.EXTREME, A_MONDAY.date(), "父亲长期生病")
    kept = record(session, row.pupil, SchoolTerm.parse(TERM), said, a_staff_member(session), A_MONDAY)
    assert anonymise(session, 3, YEARS_LATER) == 1
    session.expire_all()
    pupil = row.pupil
    assert (kept.level, kept.words) == ("extreme", None)
    assert (pupil.name, pupil.id_number, pupil.birth_date, pupil.id_number_index) == (NOBODY, None, None, None)
    assert pupil.hukou_division == ""
    assert (counts(session), row.because, row.due_yuan, row.paid_yuan) == ([0, 0], None, 500, 500)
    assert row.person is None
    assert {pair.because for pair in session.scalars(select(MatchPair))} == {NOBODY}
    assert session.scalar(select(func.count()).where(AuditEntry.action == "anonymised")) == 1
    assert anonymise(session, 3, YEARS_LATER) == 0


@pytest.mark.parametrize("still", ["taught", "open", "too soon"])
def test_who_is_still_taught_or_has_something_open_is_not_touched(session: Session, still: str) -> None:
    row = a_leaver(session)
    if still == "taught":
        session.scalars(select(EnrolmentRecord)).one().term = "2028-autumn"
    if still == "open":
        row.closed_on, row.reason = None, "R16"
    session.flush()
    assert anonymise(session, 3, YEARS_LATER if still != "too soon" else YEARS_LATER.replace(year=2029)) == 0
    assert row.pupil.name == "王小雨"


@pytest.mark.parametrize(("years", "name"), [(None, "王小雨"), (3, NOBODY)])
def test_the_job_waits_for_the_authoritys_rule(session: Session, years: int | None, name: str) -> None:
    a_leaver(session)
    settings = replace(current_app.extensions["settings"], anonymise_after_years=years)
    assert JOB.work(sessions(), settings, YEARS_LATER) == (1 if years else 0)
    session.expire_all()
    assert session.scalars(select(Pupil)).one().name == name


def test_somebody_else_of_the_school_keeps_everything(session: Session) -> None:
    a_leaver(session)
    other = a_pupil(session, name="王小川", id_number="329901201809170039", term="2030-autumn")
    assert anonymise(session, 3, YEARS_LATER) == 1
    session.expire_all()
    assert (other.name, len(other.guardians)) == ("王小川", 1)
