"""政策大全: every policy in plain words first, then each amount with its dates and document."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import NoneType

from flask import abort, render_template

from portal import clock
from portal.blueprints.catalogue import open_catalogue
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.drawn import drawn_once
from portal.blueprints.families.outcome import Sum, sum_of
from portal.coverage.words import yuan_words
from portal.policies.catalogue import Catalogue
from portal.policies.policy import Amount, Condition, Gives, Help, Money, Policy, Version, Waiver, version_on
from portal.policies.reasons import ASK_SCHOOL, NOT_SETTLED, once
from portal.vocabulary import Stage


@dataclass(frozen=True)
class Standard:
    """One version as a page tells it; ``until`` is the last day, None while it holds.

    ``words`` say how far the sum can be relied upon: that it is an average, between what, what is not settled.
    """

    starts: date
    until: date | None
    sums: tuple[tuple[str, Sum], ...]
    who: tuple[str, ...]
    words: tuple[str, ...]
    version: Version


@dataclass(frozen=True)
class Entry:
    """One line of a stage; ``under`` is what a figure alone would promise too much without."""

    policy: Policy
    sum: Sum
    under: str


@dataclass(frozen=True)
class Group:
    """Policies of one stage that give in the same way."""

    title: str
    entries: tuple[Entry, ...]


GROUPS = {"不收的钱": (Waiver,), "能拿到的钱": (Money,), "多少钱看情况的": (Help, NoneType)}
"""Titles with the kind of amount that stands under each."""
NOT_FOR_EVERYBODY = {Gives.CONTEST: "要评选，名额有限", Gives.LOAN: "借的钱，以后要还"}


@families.get("/policies")
def policies() -> str:
    """By stage, in the order a child passes through them; with forty policies one list is no answer."""
    return drawn_once(open_catalogue(), _draw_stages)


@families.get("/policies/for/<stage>")
def policies_of(stage: str) -> str:
    if stage not in list(Stage):
        abort(404)
    return drawn_once(open_catalogue(), lambda: _draw_stage(Stage(stage)))


def _draw_stages() -> str:
    stages = [(stage, sum(stage in policy.stages for policy in open_catalogue().policies)) for stage in Stage]
    return render_template("families/policies.html", stages=[each for each in stages if each[1]])


def _draw_stage(stage: Stage) -> str:
    groups = groups_of(stage, open_catalogue(), clock.today())
    return render_template("families/policies_of.html", stage=stage, groups=groups or abort(404))


def _draw_policy(policy: Policy) -> str:
    told = standards(policy, open_catalogue())
    current = next((each for each in told if each.version is version_on(policy.versions, clock.today())), None)
    if current:
        policy = replace(policy, application=policy.application_by([current.version]))
    local = local_standards(policy, open_catalogue(), clock.today())
    return render_template("families/policy.html", policy=policy, standards=told, current=current, local=local)


def groups_of(stage: Stage, catalogue: Catalogue, day: date) -> tuple[Group, ...]:
    """What nobody need pay first, then money, then what only the school can say."""
    told = [(policy, _amount_on(policy, stage, day)) for policy in catalogue.policies if stage in policy.stages]
    groups = (
        Group(title, tuple(_entry(policy, amount, day) for policy, amount in told if isinstance(amount, kinds)))
        for title, kinds in GROUPS.items()
    )
    return tuple(group for group in groups if group.entries)


def _entry(policy: Policy, amount: Amount | None, day: date) -> Entry:
    version = version_on(policy.versions, day)
    place = policy.place if policy.division else "在户籍地办理" if policy.application.at_hukou else ""
    ask = "有没有，请先问" if version is None or version.sure in NOT_SETTLED else ""
    return Entry(policy, sum_of(amount), "；".join(filter(None, (place, NOT_FOR_EVERYBODY.get(policy.gives), ask))))


@families.get("/policies/<code>")
def policy(code: str) -> str:
    found = next((policy for policy in open_catalogue().policies if policy.code == code), None) or abort(404)
    return drawn_once(open_catalogue(), lambda: _draw_policy(found))


def standards(policy: Policy, catalogue: Catalogue) -> tuple[Standard, ...]:
    """The newest first."""
    told = []
    following: date | None = None
    for version in reversed(policy.versions):
        until = version.until or (following and date.fromordinal(following.toordinal() - 1))
        told.append(_told(version, until, catalogue))
        following = version.starts
    return tuple(told)


def local_standards(policy: Policy, catalogue: Catalogue, day: date) -> tuple[tuple[str, Standard], ...]:
    """What cities and counties lay over the province's that day, by the place's name; invented places are left out."""
    return tuple(
        (overlay.name, _told(version, version.until, catalogue))
        for overlay in catalogue.overlays
        if not overlay.demonstration
        for version in [version_on(dict(overlay.versions).get(policy.code, ()), day)]
        if version is not None
    )


def _told(version: Version, until: date | None, catalogue: Catalogue) -> Standard:
    sums = tuple((catalogue.words_of(tier.when), sum_of(tier.amount)) for tier in version.tiers)
    who = tuple(each.family or each.words or catalogue.words_of(each.conditions, "或") for each in version.who)
    return Standard(version.starts, until, sums, who, _words(version), version)


def _words(version: Version) -> tuple[str, ...]:
    amounts = [tier.amount for tier in version.tiers]
    between = [
        f"各地、各校在{yuan_words(Decimal(each.low))}元到{yuan_words(Decimal(each.high))}元之间定"
        for each in amounts
        if isinstance(each, Money) and each.typical and each.low and each.high
    ]
    doubt = version.doubt or (version.sure in NOT_SETTLED and f"现行规定{version.sure.label}")
    said = (version.note, *(tier.note for tier in version.tiers), *between, doubt and f"{doubt}，{ASK_SCHOOL}")
    return once(tuple(each for each in said if each))


def _amount_on(policy: Policy, stage: Stage, day: date) -> Amount | None:
    """What a pupil of the stage has without any further condition."""
    version = version_on(policy.versions, day)
    ordinary = (
        [tier.amount for tier in version.tiers if all(_is_for(each, stage) for each in tier.when)] if version else []
    )
    return ordinary[0] if ordinary else None


def _is_for(condition: Condition, stage: Stage) -> bool:
    return condition.kind == "stage" and not isinstance(condition.wanted, bool) and stage in condition.wanted
