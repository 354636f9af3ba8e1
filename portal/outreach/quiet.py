"""When messages may leave: between 09:00 and 20:00 in Jiangsu, not on festivals, mourning or exam days."""

import tomllib
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar

from portal.clock import SHANGHAI, local

OPENS, CLOSES = time(9), time(20)
QUIET_DAYS = Path(__file__).parent / "quiet_days.toml"


def next_allowed(moment: datetime, even_on: Collection[date] = ()) -> datetime:
    """The moment itself, or the next 09:00 at which messages may leave; ``even_on`` days that are quiet for others."""
    here = local(moment)
    if (here.date() in even_on or not is_quiet_day(here.date())) and OPENS <= here.time() < CLOSES:
        return moment
    day = here.date() if here.time() < OPENS else here.date() + timedelta(days=1)
    return first_allowed(day, even_on)


def first_allowed(day: date, even_on: Collection[date] = ()) -> datetime:
    """09:00 of that day, or of the first day after it that is not quiet."""
    while is_quiet_day(day) and day not in even_on:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, SHANGHAI).astimezone(UTC)


def is_quiet_day(day: date) -> bool:
    return why_quiet(day) is not None


def why_quiet(day: date) -> str | None:
    """What the day is, in words; None for one on which messages leave."""
    return _festival(day) or _days().get(day.isoformat()) or _days().get(f"{day:%m-%d}")


def _festival(day: date) -> str | None:
    """A day off that has a festival's name; an ordinary Saturday has none, a working day in exchange is no day off."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # the year's festivals are not announced yet
        return None
    return chinese_calendar.Holiday(name).chinese if off and name else None


@cache
def _days() -> Mapping[str, str]:
    """Names by MM-DD for every year, by whole date for one."""
    groups = tomllib.loads(QUIET_DAYS.read_text(encoding="utf-8"))["days"]
    return {
        day: group["name"] for group in groups for day in (*group.get("every_year", ()), *map(str, group.get("on", ())))
    }
