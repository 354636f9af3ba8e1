"""A local layer may add or raise, never silently lower (N4-5)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portal.policies.catalogue import CATALOGUE_FOLDER, Catalogue, load_catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import Finding, evaluate, term_amount
from portal.policies.policy import Money, Per
from portal.policies.tables import CatalogueError
from portal.vocabulary import Stage, Verdict

VERSION = """
[[policy.version]]
from = 2022-02-01
source = "某市文件"
clause = "小学每学期"
sure = "B"
checked_on = 2026-11-23
"""
PUPIL = Circumstances(stage=Stage.PRIMARY, boarding=False, categories=frozenset({"ORPHAN"}), county="329955")


def overlaid(folder: Path, division: str, policy: str, body: str) -> Catalogue:
    text = f'division = "{division}"\nname = "地方{division}"\n[[policy]]\ncode = "{policy}"\n{VERSION}{body}'
    (folder / f"{division}.toml").write_text(text, encoding="utf-8")
    return load_catalogue(CATALOGUE_FOLDER, folder)


def rate(yuan: int, more: str = "") -> str:
    return f'[[policy.version.amount]]\nwhen = {{ stage = ["primary"] }}\ntypical = {yuan}\nper = "term"\n{more}\n'


def living(catalogue: Catalogue, pupil: Circumstances = PUPIL, day: date = date(2026, 9, 7)) -> Finding:
    return next(finding for finding in evaluate(catalogue, pupil, day) if finding.policy == "CMP-LIVE")


def test_a_county_raises_the_standard_and_both_are_shown(tmp_path: Path) -> None:
    finding = living(overlaid(tmp_path, "329955", "CMP-LIVE", rate(750)))
    assert term_amount(finding) == 750
    assert finding.because[-1] == "地方329955标准750元/学期，省平均标准1000元/年"


def test_a_lower_county_standard_without_a_reason_does_not_count(tmp_path: Path) -> None:
    finding = living(overlaid(tmp_path, "329955", "CMP-LIVE", rate(400)))
    assert (term_amount(finding), finding.layer) == (500, "江苏省")
    assert finding.because[-1] == "地方329955标准400元/学期，省平均标准1000元/年，按高的执行"


def test_a_lower_tier_with_its_reason_counts_and_says_so(tmp_path: Path) -> None:
    finding = living(overlaid(tmp_path, "329955", "CMP-LIVE", rate(400, 'lower_because = "本县分三档"')))
    assert term_amount(finding) == 400
    assert finding.because[-1].endswith("省平均标准1000元/年：本县分三档")


def test_the_county_stands_over_its_city(tmp_path: Path) -> None:
    overlaid(tmp_path, "3299", "CMP-LIVE", rate(600))
    finding = living(overlaid(tmp_path, "329955", "CMP-LIVE", rate(700)))
    assert (term_amount(finding), finding.layer) == (700, "地方329955")


def test_a_county_does_not_silently_lower_what_its_city_raised(tmp_path: Path) -> None:
    overlaid(tmp_path, "3299", "CMP-LIVE", rate(700))
    finding = living(overlaid(tmp_path, "329955", "CMP-LIVE", rate(600)))
    assert (term_amount(finding), finding.layer) == (700, "地方3299")
    assert finding.because[-1].endswith("按高的执行")


def test_a_local_standard_that_may_or_may_not_fit_leaves_a_range(tmp_path: Path) -> None:
    day_pupils = '[[policy.version.amount]]\nwhen = { boarding = false }\ntypical = 1500\nper = "year"\n'
    catalogue = overlaid(tmp_path, "329955", "CMP-LIVE", day_pupils)
    finding = living(catalogue, replace(PUPIL, boarding=None))
    assert finding.amount == Money(1000, 1500, None, Per.YEAR)
    assert finding.missing == ("boarding",)


def test_another_county_and_a_day_before_are_left_alone(tmp_path: Path) -> None:
    catalogue = overlaid(tmp_path, "329956", "CMP-LIVE", rate(750))
    assert term_amount(living(catalogue)) == 500
    catalogue = overlaid(tmp_path, "329955", "CMP-LIVE", rate(750))
    assert term_amount(living(catalogue, day=date(2022, 1, 31))) == 500


def test_a_county_opens_a_policy_to_more_pupils_but_closes_it_to_none(tmp_path: Path) -> None:
    only_boarders = "[[policy.version.who]]\nboarding = true\n"
    catalogue = overlaid(tmp_path, "329955", "CMP-LIVE", only_boarders.replace("true", "false"))
    pupil = Circumstances(
        stage=Stage.PRIMARY, boarding=False, categories=frozenset(), determination="none", county="329955"
    )
    assert living(catalogue, pupil).verdict is Verdict.ENTITLED
    assert living(overlaid(tmp_path, "329955", "CMP-LIVE", only_boarders)).verdict is Verdict.ENTITLED


def test_an_overlay_of_an_unknown_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"329955.toml，第1个政策：目录里没有 CMP-LIFE"):
        overlaid(tmp_path, "329955", "CMP-LIFE", "")
