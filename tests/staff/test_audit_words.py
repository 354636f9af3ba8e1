"""Inspectors read the trail: no code of ours stands on its page, and nothing is invented for one nobody knows."""

import pytest

from portal.blueprints.staff.audit_words import detail_words


@pytest.mark.parametrize(
    ("action", "detail", "words"),
    [
        ("account_made", {"role": "bureau_officer", "account": "mz"}, "角色 部门数据员，账号 mz"),
        ("exported", {"term": "2026-autumn", "rows": 12}, "2026年秋季学期，行数 12"),
        (
            "contact_recorded",
            {"channel": "phone", "reached": True, "answer": "yes"},
            "渠道 电话，联系上 是，回答 在校，需要资助",
        ),
        ("revealed", {"what": "phone-1", "purpose": "contact"}, "看了 监护人电话，用途 联系家长"),
        ("bureau_answered", {"answer": "yes"}, "回答 是"),
        (
            "signature_recorded",
            {"signature": "示例县教育局", "operator": "mobile", "filed": True, "day": "2026-09-01"},
            "签名 示例县教育局，运营商 移动，备案 是，日期 2026-09-01",
        ),
        ("refused", {"page": "staff.pupil", "run": "0f3c", "kind": "not_a_kind"}, ""),
    ],
)
def test_an_entry_is_told_in_words(action: str, detail: dict[str, object], words: str) -> None:
    assert detail_words(action, detail) == words
