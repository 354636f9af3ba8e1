"""What a number that cannot be relied on still tells: which valid numbers are one slip away, which places are legible.

Nothing found here is ever a repair: it brings two people before a person who decides.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from operator import mul

from portal.privacy.resident_id import PERMITS, PROVINCES, tidied_number

UNKNOWN = "?"
LEGIBLE_AT_LEAST = 12
"""So many legible places tell a person from nearly everybody; fewer are only a hint."""

_LETTERS = str.maketrans("OQDILSBZ", "00011582")
_MASKS = str.maketrans(dict.fromkeys("*●•○#█■_×□", UNKNOWN))
_CHECKS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_INVERSES = tuple(pow(weight, -1, 11) for weight in _WEIGHTS)
_POWERS = tuple(10 ** (16 - place) for place in range(17))
_PROVINCES = frozenset(map(int, PROVINCES | PERMITS))
_DUMMY = re.compile(r"(\d)\1*X?|123456789\d*|999\d{15}")
_SCIENTIFIC = re.compile(r"(\d)\.?(\d*)E\+?1([4-9])")
_CUT = re.compile(r"(\d{15})(?:000|00000|0\.0+|000\.0+)")
_STUDENT_NUMBER = re.compile(r"[GL](?=\d{17}[\dX])")
_ENDING = re.compile(r"(?<=^\d{17}[\dX])[1-7][1-4](?:B\d{1,2})?$", re.ASCII)
_DIGITS = re.compile(r"\d{17,19}|\d{16,18}X", re.ASCII)
_VISIBLE = re.compile(r"[\dX?]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Traces:
    """``pattern`` has 18 places, ? where nothing is legible, and is empty where nothing is; ``written`` its digits.

    ``first17`` are the numbers, without their check digit, that the writer may have meant.
    """

    written: str = ""
    pattern: str = ""
    first17: tuple[int, ...] = ()

    @property
    def legible(self) -> int:
        """How many of the 18 places can be read."""
        return len(self.pattern) - self.pattern.count(UNKNOWN)

    @property
    def division(self) -> str | None:
        """行政区划码 of the first six places."""
        return _whole(self.pattern[:6])

    @property
    def year(self) -> str | None:
        return _whole(self.pattern[6:10])

    @property
    def month_day(self) -> str | None:
        return _whole(self.pattern[10:14])

    @property
    def sequence(self) -> str | None:
        """顺序码; odd for men."""
        return _whole(self.pattern[14:17])


NOTHING = Traces()


def traces_of(text: str, day: date) -> Traces:
    """Of a number as written; ``day`` is the last day a birth may fall on."""
    number, _ = tidied_number(text)
    number = _ENDING.sub("", _STUDENT_NUMBER.sub("", number))
    if _DUMMY.fullmatch(number):
        return NOTHING
    if number.isascii() and number.isdigit() and len(number) == 15:
        return _old(number, day)
    if found := _SCIENTIFIC.fullmatch(number):
        return _scientific(found)
    if found := _CUT.fullmatch(number):
        # Excel's zeros, most likely; one in a thousand numbers ends so by itself, and may hold a slip.
        meant = _slips(number, day) if len(number) == 18 else _valid(number[:17], day)
        return Traces(found[1], found[1] + "???", tuple(dict.fromkeys(meant)))
    if any(mark.isdigit() for mark in number):
        number = number.translate(_LETTERS)
        number = _ENDING.sub("", number)
    if _DUMMY.fullmatch(number):
        return NOTHING
    if _DIGITS.fullmatch(number):
        return _whole_number(number, day)
    return _masked(number.translate(_MASKS))


def fits(pattern: str, value: str) -> bool:
    """No legible place of the one contradicts the other."""
    return len(pattern) == len(value) and all(
        one in (UNKNOWN, other) or other == UNKNOWN for one, other in zip(pattern, value, strict=True)
    )


def _whole(part: str) -> str | None:
    return part if part.isdigit() else None


def _old(number: str, day: date) -> Traces:
    """15 digits: the century is not written, both are looked for."""
    born = tuple(place for century in ("20", "19") for place in _valid(number[:6] + century + number[6:], day))
    return Traces(number, f"{number[:6]}??{number[6:]}?", born)


def _scientific(found: re.Match[str]) -> Traces:
    """The last digit shown was rounded, unless the next was that of a year, 1 or 2."""
    digits = found[1] + found[2]
    legible = digits if len(digits) == 6 else digits[: min(len(digits) - 1, 15)]
    if len(legible) < 6 or found[3] != "7":
        return NOTHING
    return Traces(legible, legible.ljust(18, UNKNOWN))


def _masked(number: str) -> Traces:
    if UNKNOWN not in number or not _VISIBLE.fullmatch(number) or not any(mark.isdigit() for mark in number):
        return NOTHING
    ahead, behind = number[: number.index(UNKNOWN)], number[number.rindex(UNKNOWN) + 1 :]
    if len(number) == 18:
        return Traces(number, number)
    if len(ahead) + len(behind) > 17:
        return NOTHING
    return Traces(number, ahead.ljust(18 - len(behind), UNKNOWN) + behind)


def _whole_number(number: str, day: date) -> Traces:
    """What lies before a lost or added digit is counted from the front, what lies behind from the back."""
    pattern = number[:10] + number[-8:]
    return Traces(number, pattern, tuple(dict.fromkeys(_slips(number, day))))


def _slips(number: str, day: date) -> Iterator[int]:
    if len(number) == 18:
        return _one_of_eighteen(number, day)
    if len(number) == 17:
        return _one_lost(number, day)
    return _one_added(number, day)


def _one_of_eighteen(number: str, day: date) -> Iterator[int]:
    """The check digit is wrong, or one place has exactly one digit that makes it right, or two neighbours exchanged."""
    yield from _valid(number[:17], day)
    if not number[:17].isdigit():
        return
    digits = [int(mark) for mark in number[:17]]
    whole = int(number[:17])
    lacking = (_CHECKS.index(number[17]) - _residue(digits)) % 11
    for digit, inverse, power in zip(digits, _INVERSES, _POWERS, strict=True):
        meant = (digit + lacking * inverse) % 11
        if meant != digit and meant < 10:
            yield from _checked(whole + (meant - digit) * power, day)
    for place, (one, other) in enumerate(pairwise(digits)):
        if one != other and (_WEIGHTS[place] - _WEIGHTS[place + 1]) * (other - one) % 11 == lacking:
            yield from _checked(whole + (other - one) * (_POWERS[place] - _POWERS[place + 1]), day)
    if number[17] != "X" and _check_of(exchanged := number[:16] + number[17]) == number[16]:
        yield from _valid(exchanged, day)


def _one_lost(number: str, day: date) -> Iterator[int]:
    """17 places of 18: the check digit itself, or one of the others."""
    yield from _valid(number, day)
    first, last = number[:16], number[16]
    if not first.isdigit():
        return
    wanted, digits = _CHECKS.index(last), list(map(int, first))
    around = _sums(map(mul, _WEIGHTS, digits), map(mul, _WEIGHTS[1:], digits))
    for place, (inverse, others) in enumerate(zip(_INVERSES, around, strict=True)):
        digit = (wanted - others) * inverse % 11
        if digit < 10:
            yield from _checked(int(f"{first[:place]}{digit}{first[place:]}"), day)


def _one_added(number: str, day: date) -> Iterator[int]:
    """19 places of 18: one before the last, or the last itself."""
    digits = list(map(int, number[:18]))
    without = _sums(map(mul, _WEIGHTS, digits), map(mul, _WEIGHTS, digits[1:]))
    for place, others in enumerate(without):
        if _CHECKS[others % 11] == number[18]:
            yield from _checked(int(number[:place] + number[place + 1 : 18]), day)
    if _check_of(number[:17]) == number[17]:
        yield from _valid(number[:17], day)


def _sums(before: Iterable[int], behind: Iterable[int]) -> list[int]:
    """At each place, from the first to that after the last: what the ones add before it and the others from it on."""
    others = list(accumulate(behind, initial=0))
    return [added + others[-1] - passed for added, passed in zip(accumulate(before, initial=0), others, strict=True)]


def _check_of(first17: str) -> str:
    return _CHECKS[_residue(list(map(int, first17)))] if first17.isdigit() else ""


def _residue(digits: list[int]) -> int:
    added: int = sum(map(mul, _WEIGHTS, digits))
    return added % 11


def _valid(first17: str, day: date) -> tuple[int, ...]:
    return tuple(_checked(int(first17), day)) if first17.isdigit() else ()


def _checked(first17: int, day: date) -> Iterator[int]:
    """Itself, where it begins with a province and holds a day that has been."""
    born = first17 // 1000 % 10**8
    year, month, of_month = born // 10000, born // 100 % 100, born % 100
    if 1900 <= year <= day.year and 1 <= month <= 12 and 1 <= of_month <= 31 and first17 // 10**15 in _PROVINCES:
        try:
            past = date(year, month, of_month) <= day
        except ValueError:
            return
        if past:
            yield first17
