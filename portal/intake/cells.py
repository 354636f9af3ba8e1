"""What a cell says: dates, phones, numbers that Excel held as numbers."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import phonenumbers

LONGEST = 500
"""Characters; a used cell beyond this is a mistake, not a name."""


class NumberText(str):
    """A cell that Excel held as a number; 15 digits are all it keeps, and a date may stand there as a serial."""

    __slots__ = ()


_POINT_ZERO = re.compile(r"^([0-9]{1,15})\.0+$")  # up to 15 digits a spreadsheet's number is exact
_WRAPPING = "='\"\u2018\u2019\u201c\u201d` "
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?e\+?\d{2}", re.IGNORECASE)
_YEAR_MONTH_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ][\d:.]+)?")
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SERIAL_ZERO = date(1899, 12, 30)
_OPEN_ENDED = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "至今", "无"})

CUT_BY_EXCEL = "疑似被Excel改坏（长数字变成了科学计数），请把该列设为文本后重新导出"


def plain(text: str) -> str:
    """Full-width letters, digits and signs made half-width, outer blanks gone."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def unwrapped(text: str) -> str:
    """A code or a small number without what programs put around it: '007 and ="007" are 007, 4.0 is 4."""
    bare = text.strip()
    if not bare or (bare.isascii() and bare.isalnum()):
        return bare
    return _POINT_ZERO.sub(r"\1", plain(bare).strip(_WRAPPING))


def cut_by_excel(text: str) -> bool:
    """True for a long number whose last digits Excel threw away, such as 3.29901E+17."""
    return _SCIENTIFIC.fullmatch(text.strip()) is not None


class NotADate(ValueError):
    """The cell holds something, but no day of the calendar."""


@lru_cache(maxsize=65536, typed=True)
def read_date(text: str) -> date | None:
    """The day, None for a blank; a five-digit serial only where Excel held a number."""
    written = plain(text)
    if not written:
        return None
    found = _YEAR_MONTH_DAY.fullmatch(written) or _EIGHT_DIGITS.fullmatch(written)
    try:
        if found:
            year, month, day = map(int, found.groups())
            if year < 1900:
                raise NotADate(text)
            return date(year, month, day)
        if isinstance(text, NumberText) and _SERIAL.fullmatch(written):
            return _SERIAL_ZERO + timedelta(days=int(float(written)))
    except ValueError as error:
        raise NotADate(text) from error
    raise NotADate(text)


def open_ended(text: str) -> bool:
    """Whether a last day is left blank or said to be 长期 or its like."""
    if not text:
        return True
    written = plain(text)
    return not written or written in _OPEN_ENDED


def read_last_day(text: str) -> date | None:
    """Like ``read_date``; 长期 and its like are None, a validity without end."""
    return None if open_ended(text) else read_date(text)


@dataclass(frozen=True)
class PhoneReading:
    """``number`` is the number to ring, as digits; ``problem`` says what was wrong or left out."""

    number: str
    problem: str | None


_MOBILE = re.compile(r"1[3-9]\d{9}")
_BETWEEN_PHONES = re.compile(r"[,、;/|\n]|\s{2,}")


def read_phone(text: str) -> PhoneReading:
    """The first number that can be rung in the mainland, digits only; empty when there is none."""
    if _MOBILE.fullmatch(text):
        return PhoneReading(text, None)
    if not text.strip():
        return PhoneReading("", None)
    if cut_by_excel(text):
        return PhoneReading("", CUT_BY_EXCEL)
    readable = list(_phones_in(unwrapped(text)))
    if not readable:
        return PhoneReading("", "不是大陆的手机号或固定电话，没有记下；请核对后更正")
    return PhoneReading(readable[0], "一格里有几个号码，只记下第一个" if len(readable) > 1 else None)


def _phones_in(text: str) -> Iterator[str]:
    for part in _BETWEEN_PHONES.split(unicodedata.normalize("NFKC", text)):
        try:
            number = phonenumbers.parse(part, "CN")
        except phonenumbers.NumberParseException:
            continue
        if number.country_code == 86 and phonenumbers.is_valid_number(number):
            national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            yield "".join(character for character in national if character.isdigit())
