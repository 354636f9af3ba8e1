"""What a check comes to, in words: the one figure, then each policy with yuan, why, the document and what to do."""

from dataclasses import dataclass
from decimal import Decimal

from portal.coverage.words import yuan_words
from portal.policies.amounts import yearly
from portal.policies.catalogue import Catalogue
from portal.policies.evaluation import Finding
from portal.policies.policy import Amount, Gives, Help, Per, Policy, RestsOn, Waiver
from portal.vocabulary import ClaimMode, Verdict

PER_WORDS = {Per.YEAR: "每学年", Per.TERM: "每学期", Per.ONCE: "一次"}
TELL_SCHOOL = "向班主任说一声，由学校去核对，不用盖章"
HAS_IT, FITS, MAYBE = "已经享受", "符合条件", "可能符合，要学校核对"


@dataclass(frozen=True)
class Sum:
    """``figure`` with the yuan sign left to the page; for what is not collected the words alone."""

    figure: str
    unit: str = ""
    period: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.period, f"{self.figure}{self.unit and ' '}{self.unit}") if part)


@dataclass(frozen=True)
class Found:
    """One policy of the list."""

    code: str
    name: str
    sum: Sum
    state: str
    because: tuple[str, ...]
    step: str
    document: str
    note: str
    yearly: int
    """Yuan a year for comparing; 0 for what is not collected, lent, or given to the chosen."""


@dataclass(frozen=True)
class Outcome:
    """``sure`` are yes, ``maybe`` wait for the school to look; ``sum`` is the largest thing to say of either."""

    sure: tuple[Found, ...]
    maybe: tuple[Found, ...]
    others: tuple[Found, ...]
    sum: Sum | None
    sum_is_sure: bool


def outcome(findings: tuple[Finding, ...], catalogue: Catalogue) -> Outcome:
    def told(verdict: Verdict) -> tuple[Found, ...]:
        return tuple(_found(finding, catalogue) for finding in findings if finding.verdict is verdict)

    sure, maybe = told(Verdict.ENTITLED), told(Verdict.UNKNOWN)
    headline, is_sure = _headline(sure, maybe)
    return Outcome(sure, maybe, told(Verdict.NOT_ENTITLED), headline, is_sure)


def sum_of(amount: Amount | None) -> Sum:
    """A typical amount is the published average; a range is said as one."""
    if amount is None:
        return Sum("请问学校")
    if isinstance(amount, Waiver):
        return Sum(f"免{amount.what.label}")
    if isinstance(amount, Help):
        return Sum(amount.words)
    edges = [edge for edge in (amount.low, amount.high) if edge is not None]
    figure = yuan_words(Decimal(amount.typical)) if amount.typical else "～".join(yuan_words(Decimal(e)) for e in edges)
    figure = f"最多{figure}" if amount.low is amount.typical is None else figure
    return Sum(figure, "元", PER_WORDS[amount.per])


def _headline(sure: tuple[Found, ...], maybe: tuple[Found, ...]) -> tuple[Sum | None, bool]:
    """Money that is sure, else money that may be, else what is not collected; never added up."""
    for found, is_sure in ((sure, True), (maybe, False)):
        money = [policy for policy in found if policy.yearly]
        if money:
            return max(money, key=lambda policy: policy.yearly).sum, is_sure
    anything = sure or maybe
    return (anything[0].sum, bool(sure)) if anything else (None, False)


def _found(finding: Finding, catalogue: Catalogue) -> Found:
    policy = catalogue[finding.policy]
    said = finding.family_because
    if finding.verdict is Verdict.NOT_ENTITLED:
        said = (*said, *finding.change)
    return Found(
        code=policy.code,
        name=policy.family_name,
        sum=sum_of(finding.amount),
        state=_state(finding),
        because=said,
        step=_step(finding, policy),
        document=finding.source,
        note=finding.note,
        yearly=yearly(finding.amount) if policy.gives is Gives.AID else 0,
    )


def _step(finding: Finding, policy: Policy) -> str:
    """The school does what it can; what the household's own place decides is asked for there (J9)."""
    if policy.rests_on is RestsOn.HUKOU:
        return f"{'在户籍地办理，' if policy.application.at_hukou else ''}找{policy.application.where}"
    tell = finding.verdict is Verdict.UNKNOWN or finding.claim_mode is not ClaimMode.AUTO
    return TELL_SCHOOL if tell else policy.application.how


def _state(finding: Finding) -> str:
    """What every pupil is spared anyway needs nothing more."""
    if finding.verdict is not Verdict.ENTITLED:
        return MAYBE
    return HAS_IT if isinstance(finding.amount, Waiver) and finding.claim_mode is ClaimMode.AUTO else FITS
