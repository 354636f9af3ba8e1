"""When messages may leave: between 09:00 and 20:00 in Jiangsu, not on festivals, mourning or exam days."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar

from portal.clock import SHANGHAI, local

OPENS, CLOSES = time(9), time(20)
QUIET_DAYS = Path(__file__).parent / "quiet_days.toml"


def next_allowed(moment: datetime) -> datetime:
    """The moment itself, or the next 09:00 at which messages may leave."""
    here = local(moment)
    if not is_quiet_day(here.date()) and OPENS <= here.time() < CLOSES:
        return moment
    day = here.date() if here.time() < OPENS else here.date() + timedelta(days=1)
    return first_allowed(day)


def first_allowed(day: date) -> datetime:
    """09:00 of that day, or of the first day after it that is not quiet."""
    while is_quiet_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, SHANGHAI).astimezone(UTC)


def is_quiet_day(day: date) -> bool:
    return f"{day:%m-%d}" in _days() or day.isoformat() in _days() or _is_festival(day)


def _is_festival(day: date) -> bool:
    """A day off that has a festival's name; an ordinary Saturday has none, a working day in exchange is no day off."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # the year's festivals are not announced yet
        return False
    return bool(off and name)


@cache
def _days() -> frozenset[str]:
    """MM-DD for every year, whole dates for one."""
    groups = tomllib.loads(QUIET_DAYS.read_text(encoding="utf-8"))["days"]
    return frozenset(day for group in groups for day in (*group.get("every_year", ()), *map(str, group.get("on", ()))))
