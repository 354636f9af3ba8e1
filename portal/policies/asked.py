"""What a policy asks about: pupils who are alike in that are judged once for it, whatever else tells them apart."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain
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
    divisions: tuple[str, ...]
    """The places that its rules tell apart, the narrow ones before those they lie in."""
    answered: dict[Circumstances, tuple[Finding, ...]] = field(default_factory=dict)
    met: dict[object, tuple[Finding, ...]] = field(default_factory=dict)
    """By what was looked at, as it was written: for most pupils, who are like one met before, nothing is reduced."""

    @cached_property
    def _looked_at(self) -> Callable[[Circumstances], object]:
        return attrgetter("stage", *sorted(self.facts), *sorted(self.places))

    def ask(self, circumstances: Circumstances, day: date) -> tuple[Finding, ...]:
        asked = self._looked_at(circumstances)
        findings = self.met.get(asked)
        if findings is None:
            findings = self.met[asked] = self.answer(self._reduced(circumstances, self.facts), day)
        return findings

    def ask_elsewhere(self, circumstances: Circumstances, day: date) -> tuple[Finding, ...]:
        """Of a pupil at another stage than its own nothing counts but the stage and the place."""
        return self.answer(self._reduced(circumstances, frozenset()), day)

    def answer(self, alike: Circumstances, day: date) -> tuple[Finding, ...]:
        if alike not in self.answered:
            self.answered[alike] = evaluate(self.catalogue, alike, day)
        return self.answered[alike]

    def is_for(self, stage: Stage | None) -> bool:
        return stage is None or stage in self.stages

    def _reduced(self, whole: Circumstances, facts: frozenset[str]) -> Circumstances:
        known = {fact: getattr(whole, fact) for fact in facts}
        if known.get("categories") is not None:
            known["categories"] = known["categories"] & self.categories
        known |= {place: self._told_apart(getattr(whole, place)) for place in self.places}
        return Circumstances(stage=whole.stage, **known)

    def _told_apart(self, code: str | None) -> str | None:
        if code is None:
            return None
        within = next(filter(code.startswith, self.divisions), code[: len(PROVINCE_DIVISION)])
        return within.ljust(6, "0")


@dataclass
class Inquiry:
    """All policies of a catalogue put to one pupil after another on one day."""

    catalogue: Catalogue
    day: date
    elsewhere: dict[object, tuple[Finding, ...]] = field(default_factory=dict)
    """What the questions for other stages come to, by stage and places."""

    @cached_property
    def questions(self) -> list[Question]:
        return [_question(self.catalogue, together) for together in _together(self.catalogue)]

    @cached_property
    def _of_stage(self) -> dict[Stage | None, list[Question]]:
        return {stage: [each for each in self.questions if each.is_for(stage)] for stage in (None, *Stage)}

    def findings(self, pupil: Circumstances) -> list[tuple[Finding, ...]]:
        """In parts; whoever is alike in what a part asks about gets the very same one."""
        here = [question.ask(pupil, self.day) for question in self._of_stage[pupil.stage]]
        asked = (pupil.stage, pupil.county, pupil.hukou)
        if asked not in self.elsewhere:
            others = (question for question in self.questions if not question.is_for(pupil.stage))
            self.elsewhere[asked] = tuple(found for each in others for found in each.ask_elsewhere(pupil, self.day))
        return [*here, self.elsewhere[asked]]


def evaluate_each(catalogue: Catalogue, pupils: Iterable[Circumstances], day: date) -> Iterator[tuple[Finding, ...]]:
    """As ``evaluate`` for each, but for words that a no does not need and the grade where none is asked for."""
    inquiry = Inquiry(catalogue, day)
    for circumstances in pupils:
        yield tuple(finding for part in inquiry.findings(circumstances) for finding in part)


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
        frozenset(stage for policy in policies for stage in policy.stages),
        frozenset(facts - {"stage", "hukou"}),
        frozenset(_codes(conditions, CATEGORY_KINDS) | {"DIS"}),
        frozenset(places | facts & {"hukou"}),
        tuple(sorted(divisions - {"", PROVINCE_DIVISION}, key=len, reverse=True)),
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
