"""What is wrong in somebody's file: a value beside the line, or one sentence for the whole file."""

from dataclasses import dataclass


class UnreadableFile(Exception):
    """The file as a whole cannot be taken in; the message is one Chinese sentence: what is wrong, what to do."""


@dataclass(frozen=True)
class Problem:
    """A line's fault; ``row`` and ``column`` as the user sees them in Excel, the sentence without personal data."""

    row: int
    column: str
    problem: str
    row_kept: bool


@dataclass(frozen=True)
class Repair:
    """A lossless repair that was made; ``was`` and ``now`` are personal data and are masked before they are stored."""

    row: int
    column: str
    was: str
    now: str
