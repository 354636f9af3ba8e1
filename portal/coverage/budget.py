"""下年度预算: this year's listed pupils a grade up at next year's standard, and a stated allowance (N3-20)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.ledger import Judged, judged_on
from portal.coverage.matched import count_circumstances
from portal.models import Unit
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import term_amount
from portal.vocabulary import Stage, Term

LAST_GRADE = {
    Stage.PRESCHOOL: 3, Stage.PRIMARY: 6, Stage.JUNIOR: 3, Stage.SENIOR: 3, Stage.VOCATIONAL: 3,
    Stage.COLLEGE: 4, Stage.MASTER: 3, Stage.DOCTOR: 4,
}  # fmt: skip
GOES_ON = {Stage.PRESCHOOL: Stage.PRIMARY, Stage.PRIMARY: Stage.JUNIOR}
"""Where the next school is the county's own as a rule; from 初中 on pupils part, and first grades are allowed for."""
ORDINALS, KINDERGARTEN = "一二三四五六七八九", "小中大"


@dataclass(frozen=True)
class Assumptions:
    """What the officer states: whole per cents, and how many terms are to be paid."""

    entry_percent: int = 100
    """A first grade is at least so much of this year's first grade."""
    growth_percent: int = 5
    """Newly listed in every other grade, of those moved up."""
    terms: int = 2


@dataclass(frozen=True, order=True)
class Place:
    """A policy's pupils of one grade at one standard."""

    policy: str
    stage: Stage
    grade: int
    yuan: Decimal
    """A term."""

    @property
    def is_entry(self) -> bool:
        return self.grade == 1

    @property
    def grade_words(self) -> str:
        if self.stage is Stage.PRESCHOOL:
            return f"{self.stage.label}{KINDERGARTEN[self.grade - 1]}班"
        return f"{self.stage.label}{ORDINALS[self.grade - 1]}年级"


@dataclass(frozen=True)
class BudgetLine:
    """``now`` are this year's pupils of the same grade, ``moved`` those who come up into it."""

    place: Place
    now: int
    moved: int
    stated: Assumptions

    @property
    def allowance(self) -> int:
        if self.place.is_entry:
            return max(_rounded(self.now * self.stated.entry_percent) - self.moved, 0)
        return _rounded(self.moved * self.stated.growth_percent)

    @property
    def pupils(self) -> int:
        return self.moved + self.allowance

    @property
    def yuan(self) -> Decimal:
        return self.pupils * self.place.yuan * self.stated.terms


@dataclass(frozen=True)
class Budget:
    """``leavers`` end their stage; ``unread`` have a grade that no roster says, and are in no line."""

    year: str
    """The school year it is for: 2027-2028."""
    lines: tuple[BudgetLine, ...]
    leavers: int
    unread: int
    stated: Assumptions = field(default_factory=Assumptions)

    @property
    def yuan(self) -> Decimal:
        return sum((line.yuan for line in self.lines), Decimal(0))


def next_year(term: SchoolTerm) -> date:
    """The day next school year's standards are asked for."""
    return date(term.first_day.year + (term.half is Term.AUTUMN), 9, 1)


def budget(session: Session, unit: Unit, term: SchoolTerm, catalogue: Catalogue, stated: Assumptions) -> Budget:
    """Money only: what is waived costs the family nothing and has no yuan here."""
    day = next_year(term)
    judged = judged_on(catalogue, day)
    now: Counter[Place] = Counter()
    moved: Counter[Place] = Counter()
    leavers = unread = 0
    listed: Counter[Circumstances] = Counter()
    for circumstances, pupils in count_circumstances(session, unit, term.code).items():
        county = circumstances.county and catalogue.told_apart(circumstances.county)
        listed[replace(circumstances, county=county)] += pupils
    for here, pupils in listed.items():
        if here.stage is None or here.grade is None:
            unread += pupils
            continue
        now.update(dict.fromkeys(_places(judged, here), pupils))
        there = _a_grade_up(here)
        if there is None:
            leavers += pupils
        else:
            moved.update(dict.fromkeys(_places(judged, there), pupils))
    places = sorted(
        (place for place in {*now, *moved} if moved[place] or place.is_entry),
        key=lambda place: (list(Stage).index(place.stage), place.policy, place.grade, place.yuan),
    )
    lines = tuple(BudgetLine(place, now[place], moved[place], stated) for place in places)
    return Budget(f"{day.year}-{day.year + 1}", lines, leavers, unread, stated)


def _a_grade_up(here: Circumstances) -> Circumstances | None:
    """None when the stage ends and nobody knows where the pupil goes on."""
    if here.stage is None or here.grade is None:
        return None
    if here.grade < LAST_GRADE[here.stage]:
        return replace(here, grade=here.grade + 1, first_year=False)
    after = GOES_ON.get(here.stage)
    return replace(here, stage=after, grade=1, first_year=True) if after else None


def _places(judged: Judged, there: Circumstances) -> Iterator[Place]:
    """Of policies that stand for each other the first, as in the ledger."""
    held: set[str] = set()
    for finding in judged.owed(there):
        yuan = term_amount(finding)
        if yuan and there.stage and there.grade and not held & judged.rivals(finding.policy):
            held.add(finding.policy)
            yield Place(finding.policy, there.stage, there.grade, yuan)


def _rounded(hundredfold: int) -> int:
    """As a spreadsheet's ROUND: a half goes up."""
    return int((Decimal(hundredfold) / 100).quantize(Decimal(1), ROUND_HALF_UP))
