"""The line of a file that holds its headings, and where each column stands in it."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from portal.headings.columns import KINDS, TELLING
from portal.vocabulary import IntakeKind

WITHIN = 30
"""How many lines from the top the headings may be down; above them stand titles."""

_DELIMITERS = ",\t;"
HEAD_CHARACTERS = 100_000

_NOTE = re.compile(r"\((?:必填|必录|选填|非必填|可空|可不填|单位|元|人民币|文本|\d+位|yyyy|格式|如|例|请).*?\)")
_DECORATION = re.compile(r"[\s*★☆※▲●:：()\[\]【】、,，.。/\"'“”_-]+")


def normalise(heading: str) -> str:
    """The heading without brackets, stars, line breaks and notes such as (必填); two that agree are one heading."""
    text = "".join(unicodedata.normalize("NFKC", heading).split()).casefold()
    return _DECORATION.sub("", _NOTE.sub("", text))


def tidy_heading(heading: str) -> str:
    """As written, on one line and no longer than a heading is."""
    return " ".join(heading.split())[:40]


_FIELDS = {kind: {normalise(word): c.field for c in columns for word in c.words} for kind, columns in KINDS.items()}
_STAND_INS = {
    kind: {normalise(word): c.field for c in columns for word in c.stand_ins.split()} for kind, columns in KINDS.items()
}
_KNOWN = frozenset(word for tables in (_FIELDS, _STAND_INS) for words in tables.values() for word in words)


def heading_line(lines: Sequence[Sequence[str]]) -> tuple[int, int]:
    """The line (from 0) with the most headings of any kind of file, and how many; the first of equals."""
    counts = [len(_KNOWN.intersection(map(normalise, cells))) for cells in lines] or [0]
    best = max(counts)
    return counts.index(best), best


def delimiter_of(text: str) -> str:
    """The mark between the cells of a csv: the one by which most headings are known."""
    return max(_DELIMITERS, key=lambda mark: heading_line(_first_lines(text[:HEAD_CHARACTERS], mark))[1])


def _first_lines(text: str, delimiter: str) -> list[list[str]]:
    lines: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            lines.append(cells)
            if len(lines) == WITHIN:
                break
    except csv.Error:
        return lines
    return lines


@dataclass(frozen=True)
class Columns:
    """Where each field stands; ``written`` is its heading as in the file, ``dropped`` the headings nobody asked for.

    ``doubled`` is a field and two headings that both look like it, of which ``positions`` has the first. ``foreign``
    are headings that make a roster look like a register, or the other way round, where none tells its own kind.
    """

    positions: dict[str, int]
    written: dict[str, str]
    dropped: tuple[str, ...]
    doubled: tuple[str, str, str] | None = None
    foreign: tuple[str, ...] = ()

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells of one line by field; fields without a column are absent."""
        return {field: cells[position] for field, position in self.positions.items()}


def columns_of(headings: Sequence[str], kind: IntakeKind) -> Columns:
    """The columns of a file by its headings, in whatever order; an unknown one is dropped and named."""
    words = [normalise(heading) for heading in headings]
    named = {_FIELDS[kind][word] for word in words if word in _FIELDS[kind]}
    fields = _FIELDS[kind] | {word: field for word, field in _STAND_INS[kind].items() if field not in named}
    positions: dict[str, int] = {}
    dropped: list[str] = []
    doubled = None
    for position, (heading, word) in enumerate(zip(headings, words, strict=True)):
        field = fields.get(word)
        if field is None:
            if heading.strip():
                dropped.append(tidy_heading(heading))
        elif field in positions:
            doubled = doubled or (field, tidy_heading(headings[positions[field]]), tidy_heading(heading))
        else:
            positions[field] = position
    written = {field: tidy_heading(headings[position]) for field, position in positions.items()}
    foreign = _foreign(dropped, kind) if TELLING.get(kind, frozenset()).isdisjoint(positions) else ()
    return Columns(positions, written, tuple(dropped), doubled, foreign)


def _foreign(dropped: Sequence[str], kind: IntakeKind) -> tuple[str, ...]:
    """Of the headings nobody asked for those that tell the other of roster and register."""
    others = [(_FIELDS[other], telling) for other, telling in TELLING.items() if kind in TELLING and other is not kind]
    return tuple(
        heading for heading in dropped for fields, telling in others if fields.get(normalise(heading)) in telling
    )
