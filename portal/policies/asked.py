"""What a policy asks about: pupils who are alike in that are judged once for it, whatever else tells them apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from portal.policies.catalogue import CATEGORY_KINDS, Catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import Finding, evaluate
from portal.policies.policy import PROVINCE_DIVISION, Condition, Policy, RestsOn, Version
from portal.vocabulary import Stage

FACTS_OF = {"categories_to_confirm": ("categories",), "disabled": ("disabled", "categories")}
"""Where a kind of condition looks at another fact than that of its own name."""
PLACES = ("county", "hukou")


@dataclass(frozen=True)
class Question:
    """Policies that decide one another's answer, and all that they look at beside the stage."""

    catalogue: Catalogue
    facts: frozenset[str]
    categories: frozenset[str]
    places: frozenset[str]
    divisions: frozenset[str]
    """The places that its rules tell apart."""

    def is_for(self, stage: Stage | None) -> bool:
        return stage is None or any(stage in policy.stages for policy in self.catalogue.policies)

    def cut(self, fact: str, value: Any) -> Any:
        """As much of a fact as makes a difference to the answer."""
        if value is None or fact not in ("categories", *PLACES):
            return value
        if fact == "categories":
            return value & self.categories
        within = max(filter(value.startswith, self.divisions), key=len, default=value[: len(PROVINCE_DIVISION)])
        return within.ljust(6, "0")


@dataclass(frozen=True)
class Pupils:
    """All of one stage: what is known of them fact by fact, each a column; what is known of nobody has none."""

    stage: Stage | None
    columns: Mapping[str, Sequence[Any]]
    count: int


@dataclass(frozen=True)
class Answers:
    """Each different answer to a question, and which of them each pupil gets."""

    findings: list[tuple[Finding, ...]]
    which: list[int]


def questions_to(stage: Stage | None, catalogue: Catalogue) -> list[Question]:
    """Those for a stage one by one; all the others as one, for which nothing counts but the place."""
    asked = [_question(catalogue, together) for together in _together(catalogue)]
    others = [question for question in asked if not question.is_for(stage)]
    elsewhere = Question(
        replace(catalogue, policies=tuple(chain.from_iterable(each.catalogue.policies for each in others))),
        facts=frozenset(),
        categories=frozenset(),
        places=frozenset(chain.from_iterable(each.places for each in others)),
        divisions=frozenset(chain.from_iterable(each.divisions for each in others)),
    )
    return [*(question for question in asked if question.is_for(stage)), elsewhere]


def answer(question: Question, pupils: Pupils, day: date) -> Answers:
    """As ``evaluate`` for each, but for words that a no does not need; once for all who are alike in what is asked."""
    names = [fact for fact in sorted(question.facts | question.places) if fact in pupils.columns]
    said = [_cut(question, fact, pupils.columns[fact]) for fact in names]
    alike = list(zip(*said, strict=True)) if names else [()] * pupils.count
    number = {each: place for place, each in enumerate(dict.fromkeys(alike))}
    findings = [
        evaluate(question.catalogue, Circumstances(pupils.stage, **dict(zip(names, each, strict=True))), day)
        for each in number
    ]
    return Answers(findings, [number[each] for each in alike])


def _cut(question: Question, fact: str, column: Sequence[Any]) -> list[Any]:
    """Each different value is cut one time."""
    parts = {value: question.cut(fact, value) for value in set(column)}
    return [parts[value] for value in column]


def _together(catalogue: Catalogue) -> list[tuple[Policy, ...]]:
    """Each policy with those it stands for or is chosen against; the chains are short."""
    groups: list[set[str]] = []
    for policy in catalogue.policies:
        linked = {policy.code, *policy.instead_of, *policy.not_with}
        met = [group for group in groups if group & linked]
        groups = [group for group in groups if group not in met]
        groups.append(linked.union(*met))
    return [tuple(policy for policy in catalogue.policies if policy.code in group) for group in groups]


def _question(catalogue: Catalogue, policies: tuple[Policy, ...]) -> Question:
    laid = {policy.code: [*policy.versions] for policy in policies}
    divisions = {policy.division for policy in policies}
    for overlay in catalogue.overlays:
        for code, versions in overlay.versions:
            if code in laid:
                laid[code] += versions
                divisions.add(overlay.division)
    conditions = list(_conditions(chain.from_iterable(laid.values())))
    facts = {fact for each in conditions for fact in FACTS_OF.get(each.kind, (each.kind,))}
    places = {"hukou" if policy.rests_on is RestsOn.HUKOU else "county" for policy in policies}
    divisions |= _codes(conditions, {"hukou"})
    return Question(
        replace(catalogue, policies=policies),
        frozenset(facts - {"stage", "hukou"}),
        frozenset(_codes(conditions, CATEGORY_KINDS) | {"DIS"}),
        frozenset(places | facts & {"hukou"}),
        frozenset(divisions - {"", PROVINCE_DIVISION}),
    )


def _codes(conditions: Iterable[Condition], kinds: set[str]) -> set[str]:
    wanted = (each.wanted for each in conditions if each.kind in kinds)
    return {str(code) for codes in wanted if not isinstance(codes, bool) for code in codes}


def _conditions(versions: Iterable[Version]) -> Iterator[Condition]:
    for version in versions:
        for need in version.who:
            yield from need.conditions
        for tier in version.tiers:
            yield from tier.when
