"""Monday 7 September 2026, ten in the morning, in the county of ``county.py``."""

from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy.orm import Session

from tests.builders import A_MONDAY
from tests.staff.county import StaffCounty, a_staff_county


@pytest.fixture
def monday() -> Iterator[None]:
    with time_machine.travel(A_MONDAY, tick=True):
        yield


@pytest.fixture
def county(session: Session, monday: None) -> StaffCounty:
    return a_staff_county(session)
