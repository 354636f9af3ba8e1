"""Where a selection keeps what it found so far, each step in a table of its transaction that goes with it."""

from typing import Any

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, Select, String, Table, Uuid, insert, text
from sqlalchemy.orm import Session

from portal.models.base import Moment

STEPS = MetaData()
MEANT = Table("selected_pupil", STEPS, Column("id", Uuid), prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
NUMBERS = Table(
    "number_beside", STEPS,
    Column("pupil_id", Uuid), Column("phone_index", LargeBinary), Column("position", Integer),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip
CHOSEN = Table(
    "selected_number", STEPS,
    Column("pupil_id", Uuid), Column("phone_index", LargeBinary), Column("shared", Boolean), Column("why", String),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip
JUDGED = Table(
    "judged_number", STEPS,
    Column("phone_index", LargeBinary), Column("shared", Boolean), Column("step", Integer), Column("due_at", Moment),
    Column("hindered", String),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip
STRANGERS = Table(
    "pupil_beside", STEPS, Column("phone_index", LargeBinary), Column("pupil_id", Uuid),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip
CHILDREN = Table(
    "selected_child", STEPS,
    Column("phone_index", LargeBinary), Column("pupil_id", Uuid), Column("school_id", Uuid),
    Column("grade_number", Integer),
    prefixes=["TEMPORARY"], postgresql_on_commit="DROP",
)  # fmt: skip
"""Each step is kept beside the others for a moment, so that the database knows how many they are before the next."""
ELDEST_FIRST = (CHILDREN.c.phone_index, CHILDREN.c.grade_number.desc().nulls_last(), CHILDREN.c.pupil_id)
"""The child in the highest grade comes first, and its school is the message's."""


def fill(session: Session, step: Table, rows: Select[*tuple[Any, ...]]) -> None:
    session.execute(insert(step).from_select(list(step.c.keys()), rows))
    session.execute(text(f"ANALYZE {step.name}"))
