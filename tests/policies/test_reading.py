"""A policy file that cannot be meant as written is refused with file, place and remedy."""

from datetime import date
from pathlib import Path

import pytest

from portal.policies.catalogue import CATALOGUE_FOLDER, load_catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import evaluate
from portal.policies.tables import CatalogueError
from portal.vocabulary import Stage, Verdict

CASES = {
    "a misspelt key": ("claim_mode =", "clame_mode =", "缺少 claim_mode"),
    "an unknown key": ("[families]", "colour = 1\n[families]", "有不认识的项 colour"),
    "an unknown claim mode": ('claim_mode = "apply"', 'claim_mode = "maybe"', "只能是 auto、confirm、apply"),
    "an unknown stage": ('["senior"]', '["lyceum"]', "stages 写的是“lyceum”"),
    "no source": ('source = "财教〔2024〕181号"', 'source = ""', "第2个版本：缺少 source"),
    "no clause": ("clause =", "claws =", "第1个版本：缺少 clause"),
    "no day of checking": ("checked_on = 2026-11-23", "", "第1个版本：缺少 checked_on"),
    "versions out of order": ("from = 2025-02-01", "from = 2020-02-01", "版本要按日期先后排列"),
    "a date as text": ("from = 2025-02-01", 'from = "2025-02-01"', "第2个版本：from 应是日期"),
    "a moment for a date": ("from = 2025-02-01", "from = 2025-02-01T08:00:00", "只写日期，不写时刻"),
    "an end before the beginning": ("from = 2021-01-01", "from = 2021-01-01\nuntil = 2020-01-01", "until 早于 from"),
    "an end after the next beginning": ("from = 2021-01-01", "from = 2021-01-01\nuntil = 2025-02-01", "的重叠"),
    "an unknown sureness": ('sure = "B"', 'sure = "D"', "只能是 A、B、C、M"),
    "an unknown condition": ('group = "hardship"', "destination = true", "不认识的条件 destination"),
    "an unknown level": ('group = "hardship"', 'determination = ["dire"]', "determination 里有不认识的 dire"),
    "an unknown category": ('group = "hardship"', 'categories = ["TEKUNG"]', "HIGH-GRANT：不认识的困难类别 TEKUNG"),
    "an amount without a figure": ("typical = 2000", "", "from、to、typical 至少写一个"),
    "a range upside down": ("from = 1200", "from = 2400", "应有 from ≤ typical ≤ to"),
    "a negative amount": ("typical = 2000", "typical = -1", "typical 应大于 0"),
    "an amount in words": ("typical = 2000", 'typical = "2000"', "typical 应是整数元"),
    "an unknown period": ('per = "year"', 'per = "week"', "只能是 year、term、once"),
    "an empty requirement": ("[[version.amount]]", "[[version.who]]\n[[version.amount]]", "没有写条件"),
    "standing for nothing known": ("[families]", 'instead_of = ["X"]\n[families]', "instead_of 里的 X 不是别的政策"),
    "what is not TOML": ("[families]", "[families", "HIGH-GRANT.toml：不是合格的 TOML"),
    "an unknown group": ('group = "hardship"', 'group = "hardships"', "没有 hardships 这一组，可用：hardship、"),
    "a kind of help": ("[families]", 'gives = "gold"\n[families]', "只能是 aid、contest、loan、support"),
    "a day that no year has": ('opens = "09-01"', 'opens = "02-30"', "opens 写月和日"),
    "a choice with nothing known": ("[families]", 'not_with = ["X"]\n[families]', "not_with 里的 X 不是别的政策"),
    "a policy that is there twice": ('code = "HIGH-GRANT"', 'code = "TWIN"', "政策代码重复"),
}


@pytest.mark.parametrize(("was", "now", "complaint"), CASES.values(), ids=CASES.keys())
def test_a_wrong_file_is_refused(tmp_path: Path, was: str, now: str, complaint: str) -> None:
    text = (CATALOGUE_FOLDER / "HIGH-GRANT.toml").read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "HIGH-GRANT.toml").write_text(text.replace(was, now, 1), encoding="utf-8")
    if now == 'code = "TWIN"':
        (tmp_path / "OTHER.toml").write_text(text.replace(was, now, 1), encoding="utf-8")
    (tmp_path / "categories.toml").write_bytes((CATALOGUE_FOLDER / "categories.toml").read_bytes())
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(tmp_path)
    assert complaint in str(refused.value)


def test_a_policy_of_conflicting_or_remembered_sources_is_left_to_the_school(tmp_path: Path) -> None:
    text = (CATALOGUE_FOLDER / "HIGH-GRANT.toml").read_text(encoding="utf-8").replace('sure = "B"', 'sure = "M"')
    (tmp_path / "HIGH-GRANT.toml").write_text(text, encoding="utf-8")
    (tmp_path / "categories.toml").write_bytes((CATALOGUE_FOLDER / "categories.toml").read_bytes())
    pupil = Circumstances(stage=Stage.SENIOR, categories=frozenset({"DIBAO"}))
    (finding,) = evaluate(load_catalogue(tmp_path), pupil, date(2026, 9, 7))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.because[-1] == "这项政策的现行规定未核实，请向学校或县资助中心确认"
