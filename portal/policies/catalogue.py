"""政策目录: the province's policies with what cities and counties lay over them, read once from TOML."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from portal.policies.conditions import KINDS
from portal.policies.policy import Category, Condition, Overlay, Policy, Requirement, Version, version_on
from portal.policies.reading import read_categories, read_groups, read_overlay, read_policy
from portal.policies.tables import CatalogueError, open_table

CATALOGUE_FOLDER = Path(__file__).parent / "catalogue"
CATEGORIES_FILE = "categories.toml"
LOCAL_FOLDER = "local"
CATEGORY_KINDS = {"categories", "categories_to_confirm"}


class UnknownPolicy(KeyError):
    """A code of no policy of this catalogue; another one, read later, may have it."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """``overlays`` stand from the widest division to the narrowest, so that the county has the last word.

    Equal to itself alone: what was found by one may be remembered with it.
    """

    policies: tuple[Policy, ...]
    categories: Mapping[str, Category]
    overlays: tuple[Overlay, ...] = ()
    groups: Mapping[str, Requirement] = field(default_factory=dict)

    @cached_property
    def _by_code(self) -> dict[str, Policy]:
        return {policy.code: policy for policy in self.policies}

    @cached_property
    def _chosen_between(self) -> dict[str, tuple[Policy, ...]]:
        pairs = {(policy.code, other) for policy in self.policies for other in policy.not_with}
        both = pairs | {(other, code) for code, other in pairs}
        return {one: tuple(each for each in self.policies if (one, each.code) in both) for one in self._by_code}

    def __getitem__(self, code: str) -> Policy:
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownPolicy(code) from None

    def either_or(self, code: str) -> tuple[Policy, ...]:
        """The policies of which a student has this one or that one in a school year, whichever file says so."""
        return self._chosen_between[code]

    def local_versions(self, code: str, division: str | None, day: date) -> Iterator[tuple[Overlay, Version]]:
        """What holds over the province's rule in that county that day, the city's before the county's."""
        for overlay in self.overlays if division else ():
            if division and division.startswith(overlay.division):
                version = version_on(dict(overlay.versions).get(code, ()), day)
                if version is not None:
                    yield overlay, version

    def told_apart(self, division: str) -> str:
        """As much of a division as anything is laid over: in two that agree in it the same holds."""
        places = {overlay.division for overlay in self.overlays} | {policy.division for policy in self.policies}
        return max((place for place in places if division.startswith(place)), key=len) or division[:2]

    def policy_at(self, code: str, division: str | None, day: date) -> Policy:
        """With what a family at the place does that day to come by the money."""
        policy = self[code]
        first = version_on(policy.versions, day)
        local = [version for _, version in self.local_versions(code, division, day)]
        return replace(policy, application=policy.application_by([*([first] if first else []), *local]))

    def words_of(self, conditions: tuple[Condition, ...], between: str = "，") -> str:
        """Conditions as people say them: 小学，低保."""
        return between.join(self._words(condition) for condition in conditions)

    def _words(self, condition: Condition) -> str:
        if condition.kind.startswith("categories") and not isinstance(condition.wanted, bool):
            return "、".join(self.categories[str(code)].name for code in sorted(map(str, condition.wanted)))
        return KINDS[condition.kind].wants(condition.wanted)

    def under(self, overlays: Iterable[Overlay]) -> "Catalogue":
        """The same with more laid over it; of one division what comes later has the last word."""
        more = tuple(overlays)
        laid = sorted((*self.overlays, *more), key=lambda overlay: len(overlay.division))
        own = (policy for overlay in more for policy in overlay.own)
        return replace(self, overlays=tuple(laid), policies=(*self.policies, *own))


def load_catalogue(folder: Path = CATALOGUE_FOLDER, local: Path | None = None) -> Catalogue:
    """Reads and checks every file of ``folder``; ``local`` holds the overlays, ``folder/local`` unless given."""
    shared = open_table(folder / CATEGORIES_FILE)
    groups, categories = read_groups(shared), read_categories(shared)
    files = sorted((path.stem, path) for path in folder.glob("*.toml") if path.name != CATEGORIES_FILE)
    policies = tuple(read_policy(open_table(path), groups) for _, path in files)
    codes = {policy.code for policy in policies}
    local_files = sorted((local or folder / LOCAL_FOLDER).glob("*.toml"))
    overlays = [read_overlay(open_table(path), codes, groups) for path in local_files]
    overlays.sort(key=lambda overlay: len(overlay.division))
    policies += tuple(policy for overlay in overlays for policy in overlay.own)
    codes = {policy.code for policy in policies}
    if len(codes) < len(policies):
        raise CatalogueError("政策代码重复，每个代码只能有一项政策")
    for policy in policies:
        check_policy(policy, categories, codes)
    for overlay in overlays:
        for code, versions in overlay.versions:
            check_categories(f"{overlay.name} {code}", versions, categories)
    return Catalogue(policies, categories, tuple(overlays), groups)


def check_policy(policy: Policy, categories: Mapping[str, Category], codes: set[str]) -> None:
    """Raise CatalogueError where it names a policy or a category that is not there."""
    for key, named in (("instead_of", policy.instead_of), ("not_with", policy.not_with)):
        strangers = set(named) - codes
        if strangers or policy.code in named:
            raise CatalogueError(
                f"{policy.code}：{key} 里的 {'、'.join(sorted(strangers)) or policy.code} 不是别的政策"
            )
    check_categories(policy.code, policy.versions, categories)


def check_categories(where: str, versions: tuple[Version, ...], categories: Mapping[str, Category]) -> None:
    """Raise CatalogueError for a category that is not in the list."""
    for version in versions:
        groups = [need.conditions for need in version.who] + [tier.when for tier in version.tiers]
        for condition in (condition for group in groups for condition in group):
            if condition.kind in CATEGORY_KINDS and not isinstance(condition.wanted, bool):
                strange = {str(code) for code in condition.wanted} - categories.keys()
                if strange:
                    raise CatalogueError(f"{where}：不认识的困难类别 {'、'.join(sorted(strange))}")
