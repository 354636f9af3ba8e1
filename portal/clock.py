"""Now and today in Asia/Shanghai; the school year (学年) and term (学期) of a date."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

from portal.vocabulary import Term

SHANGHAI = ZoneInfo("Asia/Shanghai")
_TERM = re.compile(r"(2[0-9]{3})-(autumn|spring)")


def now() -> datetime:
    """The moment, aware and in UTC, as every stored time is."""
    return datetime.now(UTC)


def today() -> date:
    return now().astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """The same moment on a wall clock in Jiangsu."""
    return moment.astimezone(SHANGHAI)


class WrongTerm(ValueError):
    """A term is written YYYY-autumn or YYYY-spring, from the year 2000 on."""


@dataclass(frozen=True, order=True)
class SchoolTerm:
    """One 学期; ``2026-autumn`` runs from 1 September 2026 to the end of January 2027 (学年 2026-2027)."""

    first_day: date
    half: Term

    @classmethod
    @lru_cache(maxsize=256)
    def parse(cls, text: str) -> "SchoolTerm":
        found = _TERM.fullmatch(text)
        if not found:
            raise WrongTerm(f"学期写成 {text!r}，应为“2026-autumn”（秋季）或“2026-spring”（春季）")
        half = Term(found[2])
        return cls(date(int(found[1]), 9 if half is Term.AUTUMN else 2, 1), half)

    @property
    def code(self) -> str:
        return f"{self.first_day.year}-{self.half.value}"

    @property
    def begins_at(self) -> datetime:
        """Midnight of its first day in Jiangsu."""
        return datetime.combine(self.first_day, time(), SHANGHAI)

    @property
    def last_day(self) -> date:
        if self.half is Term.AUTUMN:
            return date(self.first_day.year + 1, 1, 31)
        return date(self.first_day.year, 8, 31)

    @property
    def school_year(self) -> str:
        """学年 as the national system writes it: 2026-2027."""
        start = self.school_year_begins.year
        return f"{start}-{start + 1}"

    @property
    def school_year_begins(self) -> date:
        return date(self.first_day.year if self.half is Term.AUTUMN else self.first_day.year - 1, 9, 1)

    @property
    def label(self) -> str:
        return f"{self.first_day.year}年{self.half.label}"

    def __str__(self) -> str:
        return self.code


def term_of(day: date) -> SchoolTerm:
    """The term a day lies in: autumn from 1 September, spring from 1 February."""
    if day.month >= 9:
        return SchoolTerm(date(day.year, 9, 1), Term.AUTUMN)
    if day.month == 1:
        return SchoolTerm(date(day.year - 1, 9, 1), Term.AUTUMN)
    return SchoolTerm(date(day.year, 2, 1), Term.SPRING)


def previous_term(term: SchoolTerm) -> SchoolTerm:
    return term_of(term.first_day - timedelta(days=1))


def age_on(day: date, birth_date: date) -> int:
    """周岁; whoever was born on 29 February is a year older on 1 March where there is no such day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


@lru_cache(maxsize=1024)
def working_days_after(day: date, count: int) -> date:
    """The day ``count`` working days later, with the State Council's festivals and make-up days (调休)."""
    while count > 0:
        day += timedelta(days=1)
        count -= _is_working_day(day)
    return day


def _is_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the year's festivals are not announced yet
        return day.weekday() < 5
