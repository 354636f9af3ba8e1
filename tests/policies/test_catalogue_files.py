"""What the law may change is data; these tests read every file of the catalogue."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from portal.coverage.projects import STAGES
from portal.policies.amounts import yearly
from portal.policies.catalogue import CATALOGUE_FOLDER, CATEGORIES_FILE, Catalogue, load_catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import evaluate
from portal.policies.policy import Overlay, Policy, Version
from portal.vocabulary import SchoolOwnership, Verdict

POLICIES = load_catalogue().policies
OVERLAYS = load_catalogue().overlays
VERSIONS = [(policy.code, version) for policy in POLICIES for version in policy.versions]
LOCAL_VERSIONS = [
    (f"{o.division} {code}", version) for o in OVERLAYS for code, versions in o.versions for version in versions
]
BRANDING = re.compile("低保|特困|残疾|孤儿|建档立卡|贫困|困难|救助|扶贫")


EVERY_POLICY = """
PRE-GRANT PRE-DISFREE PRE-FREE1 PRE-INNER CMP-FREE CMP-LIVE CMP-LIVE-B HIGH-FREE HIGH-GRANT HIGH-INNER
VOC-FREE VOC-FREE-ART VOC-GRANT VOC-SCHOL UG-NS UG-NIS UG-NG UG-NG-VET UG-DISFREE UG-JDLK UG-INNER
LOAN-ORIG LOAN-CAMPUS LOAN-RELIEF MIL-AID SUBEI GREEN NEWBIE WORK PG-NS PG-AS PG-NG
DIS-ALLOW SPE-FREE ORPHAN-18 UNION YULU LOCALGOV
"""


def test_every_policy_of_the_province_is_there() -> None:
    assert {policy.code for policy in POLICIES} == set(EVERY_POLICY.split())


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.code)
def test_every_award_name_knows_a_policy_of_the_same_stages(policy: Policy) -> None:
    assert STAGES.get(policy.code, policy.stages) == policy.stages


def test_every_file_is_named_after_its_policy() -> None:
    files = {path.stem for path in CATALOGUE_FOLDER.glob("*.toml") if path.name != CATEGORIES_FILE}
    assert files == {policy.code for policy in POLICIES}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.code)
def test_words_for_families_brand_nobody(policy: Policy) -> None:
    application = policy.application
    said = (policy.family_name, policy.family_words, application.how, application.where, application.when)
    assert [words for words in said if BRANDING.search(words)] == []
    assert not BRANDING.search("".join(need.family or "" for version in policy.versions for need in version.who))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.code)
def test_words_for_families_are_one_or_two_sentences(policy: Policy) -> None:
    assert 1 <= policy.family_words.count("。") <= 2
    assert policy.family_words.endswith("。")
    assert len(policy.family_name) <= 12


@pytest.mark.parametrize(("where", "version"), VERSIONS + LOCAL_VERSIONS)
def test_every_version_was_checked_after_it_began_and_names_its_source(where: str, version: Version) -> None:
    assert version.starts < version.checked_on <= date(2026, 11, 23), where
    assert len(version.source) > 4 and len(version.clause) > 4


@pytest.mark.parametrize(("where", "version"), VERSIONS)
def test_every_version_starts_with_a_term_or_a_calendar_year(where: str, version: Version) -> None:
    assert (version.starts.month, version.starts.day) in {(1, 1), (2, 1), (9, 1)}, where


@pytest.mark.parametrize(("where", "version"), VERSIONS)
def test_a_rule_that_helps_dibao_helps_households_that_left_poverty(where: str, version: Version) -> None:
    for need in version.who:
        for condition in need.conditions:
            if (
                condition.kind == "categories"
                and isinstance(condition.wanted, frozenset)
                and "DIBAO" in condition.wanted
            ):
                assert {"TP", "TP_UNST", "JS_JDLK"} <= condition.wanted, where


def test_the_nineteen_categories_are_known_and_the_ended_one_has_its_last_day(catalogue: Catalogue) -> None:
    assert len(catalogue.categories) == 19
    assert {c.code: c.until for c in catalogue.categories.values() if c.until} == {"JS_JDLK": date(2025, 12, 31)}


def test_local_files_of_invented_counties_say_they_are_a_demonstration() -> None:
    assert {overlay.division for overlay in OVERLAYS if overlay.demonstration} == {
        overlay.division for overlay in OVERLAYS if overlay.division.startswith("3299")
    }


FAR = "329955"
"""A county nobody has laid anything over."""
RANK = {Verdict.NOT_ENTITLED: 0, Verdict.UNKNOWN: 1, Verdict.ENTITLED: 2}


def pupils(code: str) -> Iterator[Circumstances]:
    """Somebody of each kind that a rule may tell apart."""
    for stage in sorted(load_catalogue()[code].stages):
        for category in ("DIBAO", "ORPHAN", "JS_JDLK", "TP", "DIS", "WORKER", None):
            for boarding in (True, False):
                yield Circumstances(
                    stage=stage, grade=1, boarding=boarding, ownership=SchoolOwnership.PUBLIC, full_time=True,
                    categories=frozenset({category} - {None}), determination="none", disabled=category == "DIS",
                    hukou=FAR, county=FAR,
                )  # fmt: skip


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda overlay: overlay.division)
def test_a_local_layer_only_raises_unless_it_says_why(catalogue: Catalogue, overlay: Overlay) -> None:
    place = overlay.division.ljust(6, "9")
    for code, versions in overlay.versions:
        for version in versions:
            declared = any(tier.lower_because for tier in version.tiers)
            for pupil in pupils(code):
                here, there = (
                    next(each for each in evaluate(catalogue, one, version.starts) if each.policy == code)
                    for one in (replace(pupil, county=place, hukou=place), pupil)
                )
                assert RANK[here.verdict] >= RANK[there.verdict], (code, pupil)
                assert declared or yearly(here.amount) >= yearly(there.amount), (code, pupil)


def test_the_cities_and_counties_seen_are_there() -> None:
    named = {overlay.division for overlay in OVERLAYS}
    assert named >= {"3201", "3205", "3206", "3212", "320614", "320682", "320923", "320924", "329901"}
