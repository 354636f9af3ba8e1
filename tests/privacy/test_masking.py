import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.privacy.masking import mask_name, mask_number, mask_phone, redact
from tests.privacy.numbers import valid_numbers

PHONES = st.integers(19900000000, 19900009999).map(str)
MOBILE_OR_NUMBER = re.compile(r"\d{11}|\d{15}|\d{17}[\dX]")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小雨", "王*雨"),
        ("王丽", "王*"),
        ("王 丽", "王*"),
        ("欧阳小雨", "欧**雨"),
        ("李𬱖", "李*"),
        ("阿依古丽·买买提", "阿***·***"),
        ("阿依古丽•买买提", "阿***•***"),
        ("John Smith", "J*** *****"),
        ("钟情(小)", "钟*"),
        ("王小雨（大）", "王*雨"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_character_and_at_most_its_last(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("329901201603050015", "329*************15"),
        ("32990120130206005X", "329*************5X"),
        ("329901160305001", "329**********01"),
        ("E12345678", "E******78"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_number_shows_three_and_two_at_most(number: str, masked: str) -> None:
    assert mask_number(number) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("19900000001", "199****0001"), ("051900001234", "*********234"), ("110", "***"), ("", "")],
)
def test_a_phone_keeps_what_its_owner_knows_it_by(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(valid_numbers, PHONES)
def test_nothing_masked_holds_a_whole_number_or_the_birth_date(number: str, phone: str) -> None:
    shown = f"{mask_number(number)} {mask_phone(phone)}"

    assert not MOBILE_OR_NUMBER.search(shown)
    assert number[6:14] not in shown


@pytest.mark.parametrize(
    "written",
    [
        "329901201603050015",
        "32990120130206005x",
        "32990120130206005×",
        "329901 20160305 0015",
        "329901-20160305-0015",
        "329901201603050015".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}),
        "32990120140808007543",
        "329901160305001",
        "329901 160305 001",
        "19900000001",
        "199 0000 0001",
        "199-0000-0001",
        "199.0000.0001",
        "1990 000 0001",
        "+8619900000001",
        "+86 199 0000 0001",
        "+86-19900000001",
        "008619900000001",
        "8619900000001",
        "019900000001",
        "%2B8619900000001",
        "199%200000%200001",
        "19900000001".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}),
        "199\u200b0000\u200b0001",
    ],
)
@pytest.mark.parametrize("around", ["{}", "号码{}，错", "id={}&x", '{{"no": "{}"}}', "row 3:{};"])
def test_a_log_line_loses_every_number(written: str, around: str) -> None:
    line = redact(around.format(written))

    assert re.fullmatch(re.escape(around.format("HERE")).replace("HERE", r"\[(证件号|手机号)\]"), line)


@pytest.mark.parametrize(
    "line",
    [
        "GET /families/child 200 in 12 ms",
        "2026-09-07T09:00:00.123456+08:00 planned 200",
        "2026-09-07 09:00:00,123 worker 17",
        "job 1757203200000 slot 1757203200",
        "from 139.196.10.100 port 44321",
        "unit 3299010001 term 2026-autumn",
    ],
)
def test_an_ordinary_log_line_stays(line: str) -> None:
    assert redact(line) == line


@given(st.text(), valid_numbers, PHONES)
def test_numbers_among_any_words_are_struck_out(text: str, number: str, phone: str) -> None:
    line = redact(f"{text}|{number}|{phone}|{text}")

    assert number not in line and phone not in line
