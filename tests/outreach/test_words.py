"""What may never stand in a message."""

import pytest

from portal.outreach.words import lint, surname

GOOD = "【示例县教育局】王同学可享生活补助500元/学期,不用交证明、不交钱。9月20日前问李老师0510-00000000"


def test_a_plain_message_passes() -> None:
    assert lint(GOOD) == []


@pytest.mark.parametrize(
    "bad",
    [
        "【示例县教育局】请点击链接",
        "【示例县教育局】见 www.example.cn",
        "【示例县教育局】见 t.cn/abc",
        "【示例县教育局】验证码是多少",
        "【示例县教育局】您的代码是 381942",
        "【示例县教育局】王同学低保补助",
        "【示例县教育局】家庭困难学生",
        "【示例县教育局】贫困生",
        "【示例县教育局】残疾学生",
        "【示例县教育局】证号329901201603050015",
        "【示例县教育局】打19900000001",
        "【示例县教育局】请携带低保证复印件",
        "【示例县教育局】请交证明",
        "【示例县教育局】请盖章后交回",
        "【示例县教育局】请报银行卡",
        "没有签名",
        "【示例县教育局】" + "好" * 63,
        "【示例县教育局】" + "𬱖" * 32,
    ],
)
def test_a_bad_word_is_found(bad: str) -> None:
    assert len(lint(bad)) >= 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王小雨", "王"),
        ("欧阳雨", "欧阳"),
        ("司马", "司"),
        ("李𬱖", "李"),
        ("阿依古丽·买买提", None),
        ("阿依古丽", None),
        ("司马小雨", "司马"),
        ("", None),
    ],
)
def test_a_surname_is_found_where_there_is_one(name: str, expected: str | None) -> None:
    assert surname(name) == expected
