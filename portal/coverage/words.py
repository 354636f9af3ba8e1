"""How the ledger speaks: with actor and date, to families without naming any hardship but 低保."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from portal.clock import local
from portal.coverage.reasons import CLAUSE
from portal.enrolment.circumstances import Above
from portal.vocabulary import UnitLevel

NOTICE_CLAUSE = CLAUSE
"""The clause by which nothing need be proved."""

NAMED = {"DIBAO": ("您家", "低保"), "DIBAO_EDGE": ("您家", "低保边缘")}
"""Who is on the list, and its everyday name; any other list is called just that, a list."""


@dataclass(frozen=True)
class Listing:
    """Where a pupil was found: the unit that delivered the list, its batch and category.

    ``household``: the list names the family, and the county said that the child has by it what the family has.
    """

    source: str
    batch: str
    category: str
    household: bool = False
    until: date | None = None
    """The last day for which the list names the pupil, where it says one."""
    sentence: str = ""
    """Said instead, where no list but a person is the reason."""


def why(listings: Iterable[Listing]) -> str:
    """您家在示例县民政局2026年8月低保名单里，有效期到2027年8月31日; one sentence for each list, without double."""
    sentences = []
    for listing in listings:
        who, name = NAMED.get(listing.category, ("您家" if listing.household else "孩子", ""))
        until = f"，有效期到{day_words(listing.until)}" if listing.until else ""
        sentences.append(listing.sentence or f"{who}在{listing.source}{batch_words(listing.batch)}{name}名单里{until}")
    return "；".join(dict.fromkeys(sentences))


def batch_words(batch: str) -> str:
    """2026-08 as 2026年8月; another way of naming a batch stays as it is."""
    year, _, month = batch.partition("-")
    if len(year) == 4 and year.isdecimal() and month.isdecimal():
        return f"{year}年{int(month)}月"
    return batch


def register_words(register: str) -> str:
    """A list as people name it: 示例县民政局 2026年8月."""
    source, _, batch = register.rpartition(" ")
    return f"{source} {batch_words(batch)}".strip()


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def on_which_day(moment: datetime) -> str:
    """The day and the hour on a clock in Jiangsu: 2026年9月7日 10:05."""
    here = local(moment)
    return f"{day_words(here.date())} {here:%H:%M}"


def short_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def yuan_words(yuan: Decimal) -> str:
    """500 or 1,150.50; never 500.00."""
    return f"{yuan:,.2f}".removesuffix(".00")


def to_reader(sentence: str, grown_up: bool) -> str:
    """What is said of a child or its home, to the student who reads it herself; not for what a person wrote."""
    return sentence.replace("孩子", "您").replace("家里", "您") if grown_up else sentence


class Reporting(Protocol):
    """A school, or as much of it as was selected."""

    @property
    def parent(self) -> Above | None: ...


def above_words(school: Reporting) -> str:
    """The unit a school reports to, as a family calls it: 县资助中心, of a 市属 school 市资助中心."""
    level = school.parent.level if school.parent else UnitLevel.COUNTY
    return {UnitLevel.CITY: "市资助中心", UnitLevel.PROVINCE: "省资助中心"}.get(level, "县资助中心")


def decided_by(school: Reporting) -> str:
    """Beside a sum that no file of the province fixes."""
    return f"以学校或{above_words(school)}为准"


def above_place(school: Reporting) -> str:
    """县里, 市里, 省里: the same in a family's own words."""
    return f"{above_words(school)[0]}里"


def class_words(grade: str, class_name: str) -> str:
    """四年级(2)班."""
    return f"{grade}{class_name}" if class_name.endswith("班") or not class_name else f"{grade}{class_name}班"
