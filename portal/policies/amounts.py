"""How much: the tier that fits, and the local standard over the province's: it may raise, never silently lower."""

from dataclasses import dataclass, replace

from portal.policies.conditions import Answer, Situation, answer
from portal.policies.policy import Amount, Help, Money, Overlay, Per, Sureness, Tier, Version, Waiver

TERMS_A_YEAR = 2


@dataclass(frozen=True)
class Fit:
    """Every tier that the known facts leave possible; ``decided`` when they leave exactly one, or none at all.

    ``some``: one of them fits, whatever is not known.
    """

    tiers: tuple[Tier, ...]
    decided: bool
    some: bool
    missing: tuple[str, ...]
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Due:
    """``province`` and ``local`` are set where the two standards differ; ``overlay`` where the local one decides."""

    amount: Amount | None
    sure: Sureness
    note: str | None = None
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    province: Amount | None = None
    local: Amount | None = None
    overlay: Overlay | None = None
    version: Version | None = None


def amount_due(version: Version, local: tuple[tuple[Overlay, Version], ...], situation: Situation) -> Due:
    fit = _fit(version.tiers, situation)
    sure = max((tier.sure or version.sure for tier in fit.tiers), default=version.sure)
    note = fit.tiers[0].note if len(fit.tiers) == 1 else None
    province = _span([tier.amount for tier in fit.tiers])
    due = Due(province, sure, note, missing=fit.missing, ask=fit.ask)
    for overlay, added in local:
        due = _laid_over(due, province, overlay, added, situation)
    return due


def words_of(amount: Amount | None) -> str:
    """The amount as a page says it: 1000元/年, 2500-5000元/年, 免学杂费."""
    if amount is None:
        return "标准请问学校"
    if isinstance(amount, Waiver):
        return f"免{amount.what.label}"
    if isinstance(amount, Help):
        return amount.words
    period = {Per.YEAR: "元/年", Per.TERM: "元/学期", Per.ONCE: "元（一次性）"}[amount.per]
    if amount.typical is not None:
        return f"{amount.typical}{period}"
    most = "最多" if amount.low is None else ""
    return f"{most}{'-'.join(str(yuan) for yuan in (amount.low, amount.high) if yuan is not None)}{period}"


def yearly(amount: Amount | None) -> int:
    """Yuan a year for comparing, the most that may be meant; 0 where no yuan are paid."""
    if not isinstance(amount, Money):
        return 0
    yuan = amount.typical or amount.high or amount.low or 0
    return yuan * TERMS_A_YEAR if amount.per is Per.TERM else yuan


def _laid_over(due: Due, province: Amount | None, overlay: Overlay, version: Version, situation: Situation) -> Due:
    fit = _fit(version.tiers, situation)
    if not fit.decided:
        return _spanned(due, overlay, fit)
    if not fit.tiers or fit.tiers[0].amount == due.amount:
        return due
    local = fit.tiers[0].amount
    both = f"{overlay.name}标准{words_of(local)}，省平均标准{words_of(province)}"
    declared = fit.tiers[0].lower_because
    if not _holds_over(due.amount, fit.tiers[0]):
        return replace(due, because=(*due.because, f"{both}，按高的执行"), province=province, local=local)
    why = (f"{both}：{declared}",) if yearly(local) < yearly(due.amount) else (both,)
    sure = fit.tiers[0].sure or version.sure
    return Due(local, sure, fit.tiers[0].note, why, (), (), province, local, overlay, version)


def _spanned(due: Due, overlay: Overlay, fit: Fit) -> Due:
    """Which local tier fits is not known yet: the range of what each would make of it."""
    possible = [tier.amount if _holds_over(due.amount, tier) else due.amount for tier in fit.tiers]
    amount = _span(possible if fit.some else [due.amount, *possible])
    why = () if amount == due.amount else (f"{overlay.name}按情况分档，落在哪一档请向学校确认",)
    return replace(
        due, amount=amount, because=(*due.because, *why), missing=(*due.missing, *fit.missing), ask=(*due.ask, *fit.ask)
    )


def _holds_over(amount: Amount | None, tier: Tier) -> bool:
    """Whether the local tier decides: it raises, or says why it lowers; a charge waived stays waived."""
    lowered = yearly(tier.amount) < yearly(amount)
    return not isinstance(amount, Waiver) and (not lowered or bool(tier.lower_because))


def _fit(tiers: tuple[Tier, ...], situation: Situation) -> Fit:
    possible: list[Tier] = []
    open_ones: list[Answer] = []
    some = False
    for tier in tiers:
        answers = [answer(condition, situation) for condition in tier.when]
        if any(each.holds is False for each in answers):
            continue
        possible.append(tier)
        unknown = [each for each in answers if each.holds is None]
        if not unknown:
            some = True
            break
        open_ones += unknown
    missing = tuple(each.missing for each in open_ones if each.missing)
    return Fit(tuple(possible), not open_ones, some, missing, tuple(each.ask for each in open_ones if each.ask))


def _span(possible: list[Amount | None]) -> Amount | None:
    """The range that all possible amounts span, by the year where terms and years meet; None where there is none."""
    amounts = list(dict.fromkeys(possible))
    if len(amounts) <= 1:
        return amounts[0] if amounts else None
    money = [amount for amount in amounts if isinstance(amount, Money)]
    if len({amount.per for amount in money}) > 1:
        money = [_by_the_year(amount) for amount in money]
    if len(money) < len(amounts) or len({amount.per for amount in money}) > 1:
        return None
    lows = [amount.low or amount.typical for amount in money]
    highs = [amount.high or amount.typical for amount in money]
    low = None if None in lows else min(yuan for yuan in lows if yuan is not None)
    high = None if None in highs else max(yuan for yuan in highs if yuan is not None)
    return None if low is high is None else Money(low, high, None, money[0].per)


def _by_the_year(amount: Money) -> Money:
    """What is paid by the term, twice; what is paid once stays."""
    if amount.per is not Per.TERM:
        return amount
    low, high, typical = (yuan and yuan * TERMS_A_YEAR for yuan in (amount.low, amount.high, amount.typical))
    return Money(low, high, typical, Per.YEAR)
