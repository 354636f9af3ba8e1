"""What a policy asks about: pupils who are alike in that are judged once for it, whatever else tells them apart."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import attrgetter

from portal.policies.catalogue import CATEGORY_KINDS, Catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import Finding, evaluate
from portal.policies.policy import PROVINCE_DIVISION, Condition, Policy, RestsOn, Version
from portal.vocabulary import Stage

FACTS_OF = {"categories_to_confirm": ("categories",), "disabled": ("disabled", "categories")}
"""Where a kind of condition looks at another fact than that of its own name."""


@dataclass
class Question:
    """Policies that decide one another's answer, and the findings for each different way they have been asked."""

    catalogue: Catalogue
    stages: frozenset[Stage]
    facts: frozenset[str]
    categories: frozenset[str]
    places: frozenset[str]
    local: bool
    answered: dict[Circumstances, tuple[Finding, ...]] = field(default_factory=dict)
    met: dict[object, tuple[Finding, ...]] = field(default_factory=dict)
    """By what was looked at, as it was written: for most pupils, who are like one met before, nothing is reduced."""

    @cached_property
    def _here(self) -> Callable[[Circumstances], object]:
        return attrgetter("stage", *sorted(self.facts), *sorted(self.places))

    @cached_property
    def _elsewhere(self) -> Callable[[Circumstances], object]:
        return attrgetter("stage", *sorted(self.places))

    def ask(self, circumstances: Circumstances, day: date) -> tuple[Finding, ...]:
        asked = (self._here if self._is_for(circumstances.stage) else self._elsewhere)(circumstances)
        findings = self.met.get(asked)
        if findings is None:
            findings = self.met[asked] = self._answer(self._reduced(circumstances), day)
        return findings

    def _answer(self, alike: Circumstances, day: date) -> tuple[Finding, ...]:
        if alike not in self.answered:
            self.answered[alike] = evaluate(self.catalogue, alike, day)
        return self.answered[alike]

    def _is_for(self, stage: Stage | None) -> bool:
        return stage is None or stage in self.stages

    def _reduced(self, whole: Circumstances) -> Circumstances:
        """Only what is asked about; of another stage nothing but the stage and the place."""
        facts = self.facts if self._is_for(whole.stage) else frozenset[str]()
        known = {fact: getattr(whole, fact) for fact in facts}
        if known.get("categories") is not None:
            known["categories"] = known["categories"] & self.categories
        for place in self.places:
            code = getattr(whole, place)
            known[place] = code if self.local or code is None else code[: len(PROVINCE_DIVISION)].ljust(6, "0")
        return Circumstances(stage=whole.stage, **known)


def evaluate_each(catalogue: Catalogue, pupils: Iterable[Circumstances], day: date) -> Iterator[tuple[Finding, ...]]:
    """As ``evaluate`` for each in turn, but for words that a no does not need and the grade where none is asked for."""
    questions = [_question(catalogue, together) for together in _together(catalogue)]
    for circumstances in pupils:
        yield tuple(finding for question in questions for finding in question.ask(circumstances, day))


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
    codes = {policy.code for policy in policies}
    over = [
        version
        for overlay in catalogue.overlays
        for code, each in overlay.versions
        if code in codes
        for version in each
    ]
    conditions = list(_conditions([*(version for policy in policies for version in policy.versions), *over]))
    wanted = [each.wanted for each in conditions if each.kind in CATEGORY_KINDS and not isinstance(each.wanted, bool)]
    facts = {fact for each in conditions for fact in FACTS_OF.get(each.kind, (each.kind,))} - {"stage", "hukou"}
    return Question(
        replace(catalogue, policies=policies),
        frozenset(stage for policy in policies for stage in policy.stages),
        frozenset(facts),
        frozenset({"DIS"}.union(*({str(code) for code in codes} for codes in wanted))),
        frozenset("hukou" if policy.rests_on is RestsOn.HUKOU else "county" for policy in policies)
        | {each.kind for each in conditions if each.kind == "hukou"},
        bool(over)
        or any(policy.division for policy in policies)
        or any(each.kind == "hukou" and each.wanted != frozenset({PROVINCE_DIVISION}) for each in conditions),
    )


def _conditions(versions: Iterable[Version]) -> Iterator[Condition]:
    for version in versions:
        for need in version.who:
            yield from need.conditions
        for tier in version.tiers:
            yield from tier.when
