from dataclasses import replace
from datetime import date, timedelta

from portal.policies.catalogue import Catalogue
from portal.policies.staleness import stale

CHECKED = date(2026, 11, 23)


def words(catalogue: Catalogue, day: date, code: str) -> list[str]:
    return [each.what for each in stale(catalogue, day) if each.policy == code and each.layer == "江苏省"]


def test_what_was_looked_at_lately_and_is_sure_needs_nothing(catalogue: Catalogue) -> None:
    assert words(catalogue, CHECKED, "HIGH-GRANT") == []


def test_after_half_a_year_a_version_wants_looking_at(catalogue: Catalogue) -> None:
    assert words(catalogue, CHECKED + timedelta(days=180), "HIGH-GRANT") == []
    assert words(catalogue, CHECKED + timedelta(days=181), "HIGH-GRANT") == [
        "已有 181 天没有核对：请对照文件核对，改 checked_on"
    ]


def test_what_ran_out_what_is_not_sure_and_what_has_a_gap_is_named(catalogue: Catalogue) -> None:
    assert words(catalogue, CHECKED, "UG-JDLK") == ["已于 2025-12-31 到期，后面没有版本：请查有没有新文件"]
    assert words(catalogue, CHECKED, "YULU") == ["来源未核实：请找到文件，改 sure"]
    assert words(catalogue, CHECKED, "CMP-LIVE-B")[0].startswith("2009-12-31 到 2021-01-01 之间没有版本")
    assert words(catalogue, CHECKED, "UG-DISFREE") == ["文号待核：请找到文件，改 source"]


def test_local_standards_are_looked_at_too(catalogue: Catalogue) -> None:
    later = stale(replace(catalogue, policies=()), CHECKED + timedelta(days=400))
    assert {each.layer for each in later} >= {"南京市", "阜宁县"}
