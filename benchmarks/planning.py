"""A reminder planned for every matched family: who, by which number, merged and limited, as rows, in the database.

``seconds`` is one planning of all, committed; ``again`` the same a minute later, when there is nothing left to plan;
``looked`` what the first look at numbers never seen costs, once a number and for ever. The limit is the bare insert of
as many rows with the same columns and indexes, without any choosing. Words are made when a message leaves.
"""

import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, select, text

from benchmarks import families
from portal.models import Message, Pupil
from portal.outreach.contacts import learn_numbers
from portal.outreach.reminders import plan

SIZES = (10_000, 100_000)
LIMIT = f"bare insert of {SIZES[-1]:,}"
BARE = """
INSERT INTO message (id, school_id, matter, step, channel, gateway, phone_index, template,
    template_version, parts, state, due_at, planned_at, attempts, asked)
SELECT encode(substr(sha256(convert_to('bare|' || n, 'UTF8')), 1, 16), 'hex')::uuid,
    (SELECT id FROM unit WHERE level = 'school' LIMIT 1), 'bare', 1, 'sms', 'kannel',
    sha256(convert_to(n::text, 'UTF8')), '', 0, 0, 'suppressed', now(), now(), 0, 0
FROM generate_series(1, :count) AS n
"""
BARE_BESIDE = """
INSERT INTO message_pupil (message_id, pupil_id, school_id)
SELECT m.id, (SELECT id FROM pupil LIMIT 1), m.school_id FROM message m WHERE matter = 'bare'
"""


@dataclass(frozen=True)
class Planned:
    """Of one size; ``households_per_second`` of the whole planning."""

    way: str
    seconds: float
    again: float
    looked: float
    messages: int
    pupils: int
    households_per_second: float


def run(sizes: tuple[int, ...] = SIZES) -> list[Planned]:
    return [planned for size in sizes for planned in measured(size, bare=size == sizes[-1])]


def measured(households: int, bare: bool) -> list[Planned]:
    with tempfile.TemporaryDirectory() as name:
        app = families.an_app(Path(name))
        pupils = families.make(app, households)
        with app.app_context():
            found = [_planned(households, pupils)]
            if bare:
                found.append(_bare(households))
    return found


def _planned(households: int, pupils: int) -> Planned:
    began = perf_counter()
    with families.sessions().begin() as session:
        learn_numbers(session, select(Pupil.id))
    looked, began = perf_counter() - began, perf_counter()
    with families.sessions().begin() as session:
        messages = plan(session, families.MONDAY, "kannel").messages
    seconds, began = perf_counter() - began, perf_counter()
    with families.sessions().begin() as session:
        plan(session, families.MONDAY + timedelta(minutes=1), "kannel")
    again = perf_counter() - began
    return Planned(f"{households:,} households", seconds, again, looked, messages, pupils, households / seconds)


def _bare(count: int) -> Planned:
    began = perf_counter()
    with families.sessions().begin() as session:
        session.execute(text(BARE), {"count": count})
        session.execute(text(BARE_BESIDE))
    seconds = perf_counter() - began
    with families.sessions().begin() as session:
        kept = session.scalar(select(func.count()).where(Message.matter == "bare")) or 0
    return Planned(f"bare insert of {count:,}", seconds, 0.0, 0.0, kept, 0, count / seconds)


if __name__ == "__main__":
    for one in run(tuple(map(int, sys.argv[1:])) or SIZES):
        print(one)
