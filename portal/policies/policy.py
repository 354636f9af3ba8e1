"""What a policy file says, once read: plain values without behaviour beyond themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from portal.vocabulary import ClaimMode, Labelled, Stage


class Sureness(Labelled):
    """可信度, from read at the government's own site down to remembered only."""

    OFFICIAL = "A", "政府或学校网站原文"
    REPRINT = "B", "转载的官方文字"
    CONFLICT = "C", "来源互相冲突"
    MEMORY = "M", "未核实"


class Waived(Labelled):
    """What a family does not pay."""

    TUITION = "tuition", "学费"
    FEES = "fees", "学杂费"
    CARE = "care", "保育教育费"


class Per(Labelled):
    """What span of time an amount is for."""

    YEAR = "year", "每学年"
    TERM = "term", "每学期"
    ONCE = "once", "一次性"


class Gives(Labelled):
    """What kind of help a policy is; only ``aid`` is due to everybody who fulfils it."""

    AID = "aid", "资助"
    CONTEST = "contest", "评选"
    LOAN = "loan", "贷款"
    SUPPORT = "support", "其他帮助"


class RestsOn(Labelled):
    """Which place decides, and whose local standards hold: that of the school, or that of the household."""

    ROLL = "roll", "学籍"
    HUKOU = "hukou", "户籍"


@dataclass(frozen=True)
class Money:
    """Whole yuan; ``typical`` is the average, ``low`` and ``high`` the range, each None where not published."""

    low: int | None
    high: int | None
    typical: int | None
    per: Per


@dataclass(frozen=True)
class Waiver:
    """A charge that is not collected, instead of yuan paid."""

    what: Waived


@dataclass(frozen=True)
class Help:
    """Neither yuan of a published figure nor a charge: what is given instead, in a few words."""

    words: str


Amount = Money | Waiver | Help


PROVINCE_DIVISION = "32"
PROVINCE_NAME = "江苏省"


@dataclass(frozen=True)
class Category:
    """困难类别 (policies of the 特困库); after ``until`` it decides nothing by itself, neither yes nor no."""

    code: str
    name: str
    bureau: str
    until: date | None


@dataclass(frozen=True)
class Condition:
    """One row of the table of kinds in ``conditions`` with what this policy wants of it."""

    kind: str
    wanted: frozenset[str] | frozenset[int] | bool


@dataclass(frozen=True)
class Requirement:
    """Any one of its conditions is enough; a policy wants all its requirements.

    ``words`` and ``family`` finish the sentence 这项给…的学生; ``change`` says what would turn a no into a yes.
    """

    conditions: tuple[Condition, ...]
    words: str | None = None
    family: str | None = None
    change: str | None = None


@dataclass(frozen=True)
class Tier:
    """档次: the first whose conditions all hold gives the amount; ``sure`` None means as sure as its version."""

    when: tuple[Condition, ...]
    amount: Amount
    sure: Sureness | None = None
    note: str | None = None
    lower_because: str | None = None


@dataclass(frozen=True)
class Version:
    """In force from ``starts`` to the next version or ``until`` (inclusive); a ``doubt`` makes every yes unknown."""

    starts: date
    until: date | None
    source: str
    clause: str
    sure: Sureness
    checked_on: date
    who: tuple[Requirement, ...]
    tiers: tuple[Tier, ...]
    claim_mode: ClaimMode | None = None
    doubt: str | None = None
    note: str | None = None
    applying: "Applying | None" = None


@dataclass(frozen=True, order=True)
class DayOfYear:
    """A date that comes every year."""

    month: int
    day: int

    def of(self, year: int) -> date:
        return date(year, self.month, self.day)


@dataclass(frozen=True)
class Window:
    """When one may apply, every year anew, both days included; it may run over the new year."""

    opens: DayOfYear
    closes: DayOfYear

    def on(self, day: date) -> tuple[date, date]:
        """The span a day lies in, or else the next one to come."""
        year = day.year if day <= self.closes.of(day.year) else day.year + 1
        return self.opens.of(year if self.opens <= self.closes else year - 1), self.closes.of(year)


@dataclass(frozen=True)
class Application:
    """How a family comes by the money, in sentences; ``listed`` where the school does it for a child on a list."""

    how: str
    where: str
    when: str
    payee: str
    listed: str | None = None
    windows: tuple[Window, ...] = ()

    @property
    def at_hukou(self) -> bool:
        """在户籍地办理: its place is said as that of the household."""
        return "户口所在" in self.where

    def window(self, day: date) -> tuple[date, date] | None:
        """The span a day lies in, or else the nearest to come; None where one may apply at any time."""
        return min((window.on(day) for window in self.windows), default=None)

    def closes_for(self, starts: date, ends: date) -> date | None:
        """The last day on which one may apply for a term: of the spans after ``starts``, its school year's first day,
        those open before the term ``ends``, or else the last before it; None where one may apply at any time."""
        spans = [window.on(starts) for window in self.windows]
        in_time = [closes for opens, closes in spans if opens <= ends]
        before = (closes.replace(year=closes.year - 1) for _, closes in spans)
        return max(in_time or before, default=None)


@dataclass(frozen=True)
class Applying:
    """What a version changes of how a family comes by the money; None and no window where it changes nothing."""

    how: str | None = None
    where: str | None = None
    when: str | None = None
    payee: str | None = None
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Policy:
    """政策: ``name`` is official and may hold words never sent by SMS; ``family_name`` never does.

    ``division`` is empty for the province's; ``place`` is whose policy it is. Of ``instead_of`` the larger is paid by
    itself; of ``not_with`` the family or the school chooses one a year.
    """

    code: str
    name: str
    family_name: str
    family_words: str
    stages: frozenset[Stage]
    claim_mode: ClaimMode
    application: Application
    versions: tuple[Version, ...]
    instead_of: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    gives: Gives = Gives.AID
    rests_on: RestsOn = RestsOn.ROLL
    division: str = ""
    place: str = PROVINCE_NAME

    def holds_at(self, division: str | None) -> bool:
        """A city's or county's own is for nobody elsewhere, nor for whose place is not known."""
        return not self.division or (division or "").startswith(self.division)

    def application_by(self, versions: Iterable[Version]) -> Application:
        """As the versions in force change it, the later one having the last word."""
        application = self.application
        for version in versions:
            if version.applying is not None:
                changed = {key: said for key, said in vars(version.applying).items() if said}
                application = replace(application, **changed)
        return application


@dataclass(frozen=True)
class Overlay:
    """地方标准: versions a city or county lays over the province's, found by the first digits of its division.

    ``own`` are policies that only the place has; ``on_page``: two officers approved it there, no file has it.
    """

    division: str
    name: str
    demonstration: bool
    versions: tuple[tuple[str, tuple[Version, ...]], ...]
    own: tuple[Policy, ...] = ()
    on_page: bool = False


def ended_before(versions: tuple[Version, ...], day: date) -> Version | None:
    """The last version, where it has run out and nothing is known to follow it."""
    last = versions[-1]
    return last if last.until is not None and last.until < day else None


def version_on(versions: tuple[Version, ...], day: date) -> Version | None:
    """The version in force that day; None before the first one and in a gap."""
    begun = [version for version in versions if version.starts <= day]
    if not begun or (begun[-1].until is not None and begun[-1].until < day):
        return None
    return begun[-1]
