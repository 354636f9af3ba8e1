"""证件号 beside 证件号: equal after lossless repair, a slip apart, legible in part, or not to be compared."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import OSA

from portal.privacy.number_traces import LEGIBLE_AT_LEAST, UNKNOWN, Traces, fits, traces_of
from portal.privacy.resident_id import RESIDENT_NUMBER, read_number
from portal.vocabulary import Labelled

KEPT, ZEROS = 15, "000"
"""How many digits of a number Excel keeps, and what it writes for the rest."""


class NumberAgreement(Labelled):
    """证件号, the nearest first; only ``same`` rests on two numbers whose own check holds after lossless repair."""

    SAME = "number_same", "证件号一致"
    UNVERIFIED = "number_unverified", "证件号写法一致但本身通不过校验"
    REPAIRED = "number_repaired", "证件号有一处写错，改正后一致"
    OLD = "number_old", "15位旧证件号补足世纪后一致"
    PARTLY = "number_partly", "证件号看得见的部分一致"
    OURS_CUT = "number_ours_cut", "学籍上的证件号以000结尾，可能被表格软件改坏，前15位一致"
    THEIRS_CUT = "number_theirs_cut", "名单上的证件号以000结尾，可能被表格软件改坏，前15位一致"
    TWO_SLIPS = "number_two_slips", "证件号有两处不同"
    LOST = "number_lost", "有一方没有可用的证件号"
    DOUBTED = "number_doubted", "证件号不同，而学籍上的证件号与学籍上的出生日期不符"
    DIFFERENT = "number_different", "证件号不同"


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """What a cell of 证件号 is good for; ``traces`` are asked only of what is not ``certain``."""

    value: str
    certain: bool
    traces: Traces

    @property
    def resident(self) -> bool:
        """Eighteen places with a birth date in them."""
        return self.certain and RESIDENT_NUMBER.fullmatch(self.value) is not None

    @property
    def cut(self) -> bool:
        """It holds, and ends like those of which Excel kept fifteen digits: one in eleven of them holds by chance."""
        return self.resident and self.value.endswith(ZEROS)

    @property
    def lost(self) -> bool:
        """Too little is left to say that it is, or is not, another one."""
        return not self.value and self.traces.legible < LEGIBLE_AT_LEAST

    def places(self, column: str) -> frozenset[str]:
        """县区代码 by the number and by a column beside it, which may have twelve digits."""
        own = self.value[:6] if self.resident else self.traces.division
        return frozenset(filter(None, (own, place_code(column))))


def place_code(column: str) -> str:
    """The six digits of 县区代码, or the name where there is no code."""
    text = column.strip()
    return text[:6] if text[:6].isdigit() and len(text) >= 6 else text


@lru_cache(maxsize=1 << 16)
def written_number(text: str, number_type: str | None, day: date) -> WrittenNumber:
    """Read once, however many pairs the person stands in."""
    reading = read_number(text, number_type, day)
    traces = Traces() if reading.certain else traces_of(text, day)
    return WrittenNumber(reading.value, reading.certain, traces)


def compare_numbers(one: WrittenNumber, other: WrittenNumber) -> NumberAgreement:
    """Two numbers that hold and differ are two numbers, however little they differ."""
    if one.value and one.value == other.value:
        both = one.certain and other.certain
        return NumberAgreement.SAME if both else NumberAgreement.UNVERIFIED
    if one.certain and other.certain:
        return NumberAgreement.DIFFERENT
    suspect, beside = (other, one) if one.certain else (one, other)
    return _beside_certain(suspect, beside) if beside.certain else _both_suspect(suspect.traces, beside.traces)


def cut_short(ours: WrittenNumber, theirs: WrittenNumber) -> NumberAgreement | None:
    """Of two different numbers: one that holds may still be the other, cut by Excel."""
    if _first_places(ours) != _first_places(theirs):
        return None
    if ours.cut:
        return NumberAgreement.OURS_CUT
    return NumberAgreement.THEIRS_CUT if theirs.cut else None


def _first_places(number: WrittenNumber) -> str:
    return (number.value if number.resident else number.traces.pattern)[:KEPT]


def _beside_certain(suspect: WrittenNumber, certain: WrittenNumber) -> NumberAgreement:
    traces, value = suspect.traces, certain.value
    if not certain.resident:
        return NumberAgreement.LOST if suspect.lost else NumberAgreement.DIFFERENT
    if int(value[:17]) in traces.first17:
        return NumberAgreement.OLD if suspect.value else NumberAgreement.REPAIRED
    if not traces.pattern:
        return NumberAgreement.LOST if suspect.lost else NumberAgreement.DIFFERENT
    if UNKNOWN in traces.pattern:
        return _legible(traces, value)
    return _apart(traces.written, value)


def _legible(traces: Traces, value: str) -> NumberAgreement:
    if not fits(traces.pattern, value):
        return NumberAgreement.DIFFERENT
    return NumberAgreement.PARTLY if traces.legible >= LEGIBLE_AT_LEAST else NumberAgreement.LOST


def _both_suspect(one: Traces, other: Traces) -> NumberAgreement:
    if not one.pattern or not other.pattern:
        return NumberAgreement.LOST
    if UNKNOWN in one.pattern or UNKNOWN in other.pattern:
        legible = min(one.legible, other.legible)
        if not fits(one.pattern, other.pattern):
            return NumberAgreement.DIFFERENT
        return NumberAgreement.PARTLY if legible >= LEGIBLE_AT_LEAST else NumberAgreement.LOST
    return NumberAgreement.UNVERIFIED if one.written == other.written else _apart(one.written, other.written)


def _apart(one: str, other: str) -> NumberAgreement:
    slips = OSA.distance(one, other, score_cutoff=2)
    if slips > 2:
        return NumberAgreement.DIFFERENT
    return NumberAgreement.REPAIRED if slips == 1 else NumberAgreement.TWO_SLIPS
