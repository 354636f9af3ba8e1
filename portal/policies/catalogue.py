"""政策目录: the province's policies with what cities and counties lay over them, read once from TOML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from portal.policies.policy import Category, Overlay, Policy, Requirement, Version, version_on
from portal.policies.reading import read_categories, read_groups, read_overlay, read_policy
from portal.policies.tables import CatalogueError, open_table

CATALOGUE_FOLDER = Path(__file__).parent / "catalogue"
CATEGORIES_FILE = "categories.toml"
LOCAL_FOLDER = "local"
CATEGORY_KINDS = {"categories", "categories_to_confirm"}


@dataclass(frozen=True)
class Catalogue:
    """``overlays`` stand from the widest division to the narrowest, so that the county has the last word."""

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
        return self._by_code[code]

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


def load_catalogue(folder: Path = CATALOGUE_FOLDER, local: Path | None = None) -> Catalogue:
    """Reads and checks every file of ``folder``; ``local`` holds the overlays, ``folder/local`` unless given."""
    shared = open_table(folder / CATEGORIES_FILE)
    groups, categories = read_groups(shared), read_categories(shared)
    files = sorted((path.stem, path) for path in folder.glob("*.toml") if path.name != CATEGORIES_FILE)
    policies = tuple(read_policy(open_table(path), groups) for _, path in files)
    codes = {policy.code for policy in policies}
    if len(codes) < len(policies):
        raise CatalogueError("政策代码重复，每个代码只能有一个文件")
    local_files = sorted((local or folder / LOCAL_FOLDER).glob("*.toml"))
    overlays = [read_overlay(open_table(path), codes, groups) for path in local_files]
    overlays.sort(key=lambda overlay: len(overlay.division))
    for policy in policies:
        _check(policy, categories, codes)
    for overlay in overlays:
        for code, versions in overlay.versions:
            _check_categories(f"{overlay.name} {code}", versions, categories)
    return Catalogue(policies, categories, tuple(overlays), groups)


def _check(policy: Policy, categories: Mapping[str, Category], codes: set[str]) -> None:
    for key, named in (("instead_of", policy.instead_of), ("not_with", policy.not_with)):
        strangers = set(named) - codes
        if strangers or policy.code in named:
            raise CatalogueError(
                f"{policy.code}：{key} 里的 {'、'.join(sorted(strangers)) or policy.code} 不是别的政策"
            )
    _check_categories(policy.code, policy.versions, categories)


def _check_categories(where: str, versions: tuple[Version, ...], categories: Mapping[str, Category]) -> None:
    for version in versions:
        groups = [need.conditions for need in version.who] + [tier.when for tier in version.tiers]
        for condition in (condition for group in groups for condition in group):
            if condition.kind in CATEGORY_KINDS and not isinstance(condition.wanted, bool):
                strange = {str(code) for code in condition.wanted} - categories.keys()
                if strange:
                    raise CatalogueError(f"{where}：不认识的困难类别 {'、'.join(sorted(strange))}")
