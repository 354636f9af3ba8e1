"""A city or county has policies of its own, and says of the province's where, when and how (N4-5, policies.md §8)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portal.policies.catalogue import CATALOGUE_FOLDER, Catalogue, load_catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import Finding, evaluate
from portal.policies.policy import Money, Per
from portal.policies.tables import CatalogueError
from portal.vocabulary import Stage, Verdict
from tests.policies.at_once import judged_at_once

OWN = """
division = "329955"
name = "第五县"

[[own]]
code = "329955-1"
name = "第五县小学生校车补助"
stages = ["primary"]
claim_mode = "auto"
families = { name = "校车补助", words = "坐校车上学的孩子，县里补车费。" }
apply = { how = "学校办", where = "学校", when = "每年9月", payee = "发到家长账户" }

[[own.version]]
from = 2026-09-01
source = "示教发〔2026〕20号"
clause = "第二条：每学年300元"
sure = "A"
checked_on = 2026-09-02
who = [{ group = "hardship" }]
amount = [{ typical = 300, per = "year" }]

[[policy]]
code = "CMP-LIVE"

[[policy.version]]
from = 2026-09-01
source = "示教发〔2026〕21号"
clause = "受理时间"
sure = "A"
checked_on = 2026-09-02
apply = { where = "县政务中心3号窗口", window = [{ opens = "09-01", closes = "09-20" }] }
"""
DAY = date(2026, 9, 7)
PUPIL = Circumstances(stage=Stage.PRIMARY, boarding=False, categories=frozenset({"ORPHAN"}), county="329955")


def local(folder: Path, text: str = OWN) -> Catalogue:
    (folder / "329955.toml").write_text(text, encoding="utf-8")
    return load_catalogue(CATALOGUE_FOLDER, folder)


def found(catalogue: Catalogue, code: str, pupil: Circumstances = PUPIL, day: date = DAY) -> Finding | None:
    return next((each for each in evaluate(catalogue, pupil, day) if each.policy == code), None)


def test_its_own_policy_is_found_there_with_its_name_and_yuan(tmp_path: Path) -> None:
    finding = found(local(tmp_path), "329955-1")
    assert finding is not None
    assert (finding.verdict, finding.amount) == (Verdict.ENTITLED, Money(None, None, 300, Per.YEAR))
    assert (finding.layer, finding.source) == ("第五县", "示教发〔2026〕20号")


@pytest.mark.parametrize("county", ["329956", "320102", None])
def test_nobody_elsewhere_hears_of_it(tmp_path: Path, county: str | None) -> None:
    assert found(local(tmp_path), "329955-1", replace(PUPIL, county=county)) is None


def test_the_day_before_it_begins_it_is_not_there(tmp_path: Path) -> None:
    assert found(local(tmp_path), "329955-1", day=date(2026, 8, 31)) is None


def test_where_and_when_are_the_countys_and_the_rest_the_provinces(tmp_path: Path) -> None:
    here = local(tmp_path).policy_at("CMP-LIVE", "329955", DAY).application
    there = local(tmp_path).policy_at("CMP-LIVE", "329956", DAY).application
    assert (here.where, here.how) == ("县政务中心3号窗口", there.how)
    assert there.where == "就读的学校"
    finding = found(local(tmp_path), "CMP-LIVE")
    assert finding and finding.window == (date(2026, 9, 1), date(2026, 9, 20))
    assert finding.amount == Money(None, None, 1000, Per.YEAR)


def test_a_province_at_once_finds_the_same_as_each_pupil_alone(tmp_path: Path) -> None:
    catalogue = local(tmp_path)
    pupils = [PUPIL, replace(PUPIL, county="329956"), replace(PUPIL, categories=frozenset())]
    told = [{each.policy: each.verdict for each in findings} for findings in judged_at_once(catalogue, pupils, DAY)]
    assert told == [{each.policy: each.verdict for each in evaluate(catalogue, one, DAY)} for one in pupils]


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('code = "329955-1"', 'code = "SCHOOLBUS"', "code 以 329955- 开头"),
        ('[{ group = "hardship" }]', '[{ group = "rich" }]', "没有 rich 这一组"),
        ('opens = "09-01"', 'opens = "1.9."', "opens 写月和日"),
        ("apply = { where", "apply = { wo", "不认识的项 wo"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(tmp_path: Path, was: str, now: str, words: str) -> None:
    assert was in OWN
    with pytest.raises(CatalogueError, match=words):
        local(tmp_path, OWN.replace(was, now))
