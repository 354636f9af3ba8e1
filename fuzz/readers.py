"""The readers of files as chance meets them: bytes in, a sentence or lines out, and nothing else may happen."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date

from portal.intake import door
from portal.intake.archive import ArchiveLimits, refuse_hostile
from portal.intake.awards import read_awards
from portal.intake.file_limits import OFFICE
from portal.intake.problems import UnreadableFile
from portal.intake.registers import read_register
from portal.intake.rosters import read_roster
from portal.intake.spreadsheet import Table, read_table
from portal.privacy.names import tidy_name
from portal.privacy.resident_id import read_number

DAY = date(2026, 9, 7)
CODES = {"城乡低保家庭": "DIBAO", "低保": "DIBAO", "孤儿": "ORPHAN"}
IN_FULL = re.compile(r"(?<!\d)\d{15,18}(?!\d)")
"""A sentence about a line quotes nobody's number."""


class BadManners(AssertionError):
    """A reader answered, but not as it owes its sender."""


def table(data: bytes) -> Table:
    return read_table(data, "名单.csv", OFFICE)


def archive(data: bytes) -> None:
    refuse_hostile(b"PK" + data, ArchiveLimits(inflated=16 << 20))


def register(data: bytes) -> None:
    read = read_register(table(data), category_codes=CODES, day=DAY)
    mind([problem.problem for problem in read.problems])


def roster(data: bytes) -> None:
    read = read_roster(table(data), day=DAY)
    mind([problem.problem for problem in read.problems])


def awards(data: bytes) -> None:
    read = read_awards(table(data), day=DAY)
    mind([problem.problem for problem in read.problems])


def past_the_door(data: bytes) -> None:
    passed = door.emptied(table(data))
    if door.table_of(door.as_text(passed)) != passed:
        raise BadManners("what passed the door did not come back")


def words(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    read_number(text, None, DAY)
    once = tidy_name(text)
    if tidy_name(once) != once:
        raise BadManners("a name tidied twice is another")


def mind(sentences: list[str]) -> None:
    if any(IN_FULL.search(sentence) for sentence in sentences):
        raise BadManners("a number stands in a sentence")


READERS: tuple[Callable[[bytes], object], ...] = (archive, register, roster, awards, past_the_door, words)


def one(data: bytes) -> None:
    """The first byte says which reader."""
    if not data:
        return
    with suppress(UnreadableFile):
        READERS[data[0] % len(READERS)](data[1:])
