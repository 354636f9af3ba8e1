"""Monday 7 September 2026, ten in the morning, in the county of ``county.py``."""

import psycopg
import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from portal.database import EVERYTHING, db, set_reach
from tests.builders import A_MONDAY
from tests.kept import Kept, sweep
from tests.staff.county import StaffCounty, a_staff_county


@pytest.fixture(scope="session")
def kept_county(shared_app: Flask, keeper: psycopg.Connection) -> "Kept[StaffCounty]":
    """Made once by each worker: it has matched, reminded, asked and moved, by hundreds of statements."""
    with time_machine.travel(A_MONDAY, tick=True), shared_app.app_context():
        set_reach(db.session(), EVERYTHING)
        kept = Kept.of(keeper, a_staff_county(db.session()))
    sweep(keeper)
    return kept


@pytest.fixture
def fresh_county(session: Session, kept_county: "Kept[StaffCounty]", keeper: psycopg.Connection) -> StaffCounty:
    return kept_county.put_back(keeper, session)


@pytest.fixture
def county(fresh_county: StaffCounty, monday: None) -> StaffCounty:
    return fresh_county
