from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.privacy.document_types import NumberKind
from portal.privacy.resident_id import birth_date_of, check_digit_of, division_of, read_number, sex_of
from portal.vocabulary import Sex
from tests.privacy.numbers import TODAY, numbered, valid_numbers

PEOPLE = (
    "329901201603050015",
    "329901201809170039",
    "329901201211110023",
    "329901200906200047",
    "329901200702140054",
    "419901201510010067",
    "329901201408080075",
    "32990120130206005X",
)
NOISE = st.lists(
    st.sampled_from(["", " ", "\u3000", "\u200b", "\ufeff", "\u202c", "\t", "-", "\u00a0", "－"]), min_size=19
)


@pytest.mark.parametrize("number", PEOPLE)
def test_the_people_of_the_journeys_have_certain_numbers(number: str) -> None:
    reading = read_number(number, day=TODAY)

    assert (reading.value, reading.kind, reading.certain) == (number, NumberKind.RESIDENT, True)
    assert (reading.repairs, reading.problem) == ((), None)


@pytest.mark.parametrize(
    ("written", "value", "repairs"),
    [
        ("32990120130206005x", "32990120130206005X", ("小写字母改为大写",)),
        ("32990120130206005\uff38", "32990120130206005X", ("全角字符改为半角",)),
        ("32990120130206005\uff58", "32990120130206005X", ("全角字符改为半角", "小写字母改为大写")),
        ("32990120130206005×", "32990120130206005X", ("末位的×或*改为X（与校验位相符）",)),
        ("32990120130206005*", "32990120130206005X", ("末位的×或*改为X（与校验位相符）",)),
        ("32990120130206005\u0425", "32990120130206005X", ("末位的×或*改为X（与校验位相符）",)),
        ("３２９９０１２０１６０３０５００１５", "329901201603050015", ("全角字符改为半角",)),
        (" 329901 20160305 0015 ", "329901201603050015", ("去掉了空格",)),
        ("329901-20160305-0015", "329901201603050015", ("去掉了连字符",)),
        ("\ufeff329901201603050015\u202c", "329901201603050015", ("去掉了看不见的字符",)),
        ("'329901201603050015", "329901201603050015", ("去掉了前后的引号或标点",)),
        ("\u2018329901201603050015", "329901201603050015", ("去掉了前后的引号或标点",)),
        ('="329901201603050015"', "329901201603050015", ("去掉了前后的引号或标点",)),
        ("329901201603050015、", "329901201603050015", ("去掉了前后的引号或标点",)),
    ],
)
def test_what_can_be_repaired_without_loss_is_repaired_and_told(
    written: str, value: str, repairs: tuple[str, ...]
) -> None:
    reading = read_number(written, day=TODAY)

    assert (reading.value, reading.repairs, reading.certain, reading.problem) == (value, repairs, True, None)


@pytest.mark.parametrize(
    ("written", "kind", "sentence"),
    [
        ("329901201603050014", NumberKind.UNREADABLE, "校验位不对"),
        ("329901201603050000", NumberKind.DAMAGED, "疑似被Excel改坏（后三位变000），请把该列设为文本"),
        ("3.20123E+17", NumberKind.DAMAGED, "疑似被Excel改坏（变成科学计数法"),
        ("3.2990120160305e+17", NumberKind.DAMAGED, "疑似被Excel改坏（变成科学计数法"),
        ("329901201603050015.0", NumberKind.DAMAGED, "疑似被Excel改坏（当作数值保存"),
        ("32990120140808000000", NumberKind.DAMAGED, "疑似被Excel改坏（后五位变00000）"),
        ("000000000000000000", NumberKind.DUMMY, "这是占位数字"),
        ("111111111111111111", NumberKind.DUMMY, "这是占位数字"),
        ("123456789012345678", NumberKind.DUMMY, "这是占位数字"),
        ("999320000000100012", NumberKind.DUMMY, "这是学校编的临时号"),
        ("3299****0015", NumberKind.MASKED, "号码被打码"),
        ("329901********0015", NumberKind.MASKED, "号码被打码"),
        ("329901XXXXXXXX0015", NumberKind.MASKED, "号码被打码"),
        ("329901201603****", NumberKind.MASKED, "号码被打码"),
        ("32990120160305001*", NumberKind.UNREADABLE, "末位的符号不能还原"),
        ("32990120160305001×", NumberKind.UNREADABLE, "末位的符号不能还原"),
        ("32990120130206005", NumberKind.UNREADABLE, "只有17位，末位可能漏了X"),
        ("3299012016030500", NumberKind.UNREADABLE, "只有16位"),
        ("3299012016030500150", NumberKind.UNREADABLE, "多了1位"),
        ("32990120140808007588", NumberKind.UNREADABLE, "20位号码的最后两位不是残疾类别"),
        ("3299O1201603050015", NumberKind.UNREADABLE, "号码里有字母O、I或L"),
        ("19900000001", NumberKind.UNREADABLE, "这是手机号码"),
        ("G329901201603050015", NumberKind.UNREADABLE, "这是学籍号"),
        ("见附件", NumberKind.UNREADABLE, "不是可以识别的证件号"),
    ],
)
def test_what_cannot_be_repaired_is_refused_by_name(written: str, kind: NumberKind, sentence: str) -> None:
    reading = read_number(written, day=TODAY)

    assert (reading.value, reading.kind, reading.certain) == ("", kind, False)
    assert (reading.problem or "").startswith(sentence)


@pytest.mark.parametrize(
    "written", [None, "", "  ", "\ufeff", "无", "暂无", "无身份证", "未办理", "不详", "-", "/", "N/A", "nan"]
)
def test_an_empty_cell_in_any_words_is_no_problem(written: str | None) -> None:
    reading = read_number(written)

    assert (reading.value, reading.kind, reading.problem, reading.certain) == ("", NumberKind.EMPTY, None, False)


def test_a_fifteen_digit_number_is_kept_for_a_person_and_never_guessed() -> None:
    reading = read_number("329901160305001", day=TODAY)

    assert (reading.value, reading.kind, reading.certain) == ("329901160305001", NumberKind.OLD_RESIDENT, False)
    assert "15位旧号码不能自动补成18位" in (reading.problem or "")


@pytest.mark.parametrize("written", ["32990120140808007543", "32990120140808007571B1"])
def test_a_disability_certificate_is_the_identity_number_and_two_digits(written: str) -> None:
    reading = read_number(written, "残疾人证", TODAY)

    assert (reading.value, reading.kind) == ("329901201408080075", NumberKind.DISABILITY_CERTIFICATE)
    assert reading.certain and "残疾人证号取前18位身份证号" in reading.repairs[0]


def test_a_disability_certificate_around_a_wrong_number_is_refused() -> None:
    reading = read_number("32990120140808007443", day=TODAY)

    assert reading.value == "" and (reading.problem or "").startswith("校验位不对")


@pytest.mark.parametrize(
    ("first17", "sentence"),
    [
        ("32990120160230001", "号码第7至14位不是一个真实的日期"),
        ("32990120161305001", "号码第7至14位不是一个真实的日期"),
        ("32990120260908001", "号码里的出生日期晚于今天"),
        ("32990118991231001", "号码里的出生日期早于1900年"),
        ("01990120160305001", "号码开头两位不是省份代码"),
    ],
)
def test_a_true_check_digit_does_not_save_an_impossible_number(first17: str, sentence: str) -> None:
    reading = read_number(numbered(first17), day=TODAY)

    assert reading.value == "" and (reading.problem or "").startswith(sentence)


def test_a_child_born_today_is_no_child_of_the_future() -> None:
    assert read_number(numbered("32990120260907001"), day=TODAY).certain


def test_a_number_that_truly_ends_in_zeros_is_not_taken_for_damage() -> None:
    number = next(
        n
        for n in (numbered(f"3299012016{month:02}0{day}100") for month in range(1, 10) for day in range(1, 10))
        if n.endswith("000")
    )

    assert read_number(number, day=TODAY).certain


@given(valid_numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_change_of_one_digit_is_refused(number: str, place: int, digit: str) -> None:
    changed = number[:place] + digit + number[place + 1 :]

    reading = read_number(changed, day=TODAY)

    assert reading.certain == (changed == number)
    assert reading.value == (number if changed == number else "")


@given(valid_numbers, st.integers(0, 16))
def test_two_neighbouring_digits_exchanged_are_refused(number: str, place: int) -> None:
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert read_number(changed, day=TODAY).certain == (changed == number)


@given(valid_numbers, NOISE, st.booleans())
def test_noise_between_the_digits_never_changes_the_number(number: str, noise: list[str], wide: bool) -> None:
    digits = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}) if wide else number
    written = "".join(mark + digit for mark, digit in zip(noise, digits, strict=False)) + noise[-1]

    reading = read_number(written, day=TODAY)

    assert (reading.value, reading.certain) == (number, True)
    assert bool(reading.repairs) == (written != number)


@given(
    st.text() | st.text("0123456789X*×- .E+'\"=HMABG()", max_size=24),
    st.sampled_from([None, "1", "6", "7", "8", "9", "A", "Z"]),
)
def test_a_reading_read_again_is_itself(text: str, id_type: str | None) -> None:
    once = read_number(text, id_type, TODAY)

    again = read_number(once.value, id_type, TODAY)

    assert again.value == once.value and again.certain == once.certain
    assert again.repairs == ()


@given(st.text() | st.text("0123456789X*×- .E+'\"=HM", max_size=24))
def test_a_certain_number_has_a_value_and_no_problem_and_a_refusal_says_why(text: str) -> None:
    reading = read_number(text, day=TODAY)

    assert not reading.certain or (reading.value and reading.problem is None)
    assert reading.value or reading.kind is NumberKind.EMPTY or reading.problem


@pytest.mark.parametrize("number", ["329901201603050014", "329901160305001", "3299****0015", "H12345678"])
def test_no_sentence_repeats_the_number(number: str) -> None:
    assert number not in (read_number(number, day=TODAY).problem or "")


def test_a_number_tells_birth_date_sex_and_division() -> None:
    number = "329901201603050015"

    assert birth_date_of(number) == date(2016, 3, 5)
    assert sex_of(number) is Sex.MALE and sex_of("329901201211110023") is Sex.FEMALE
    assert division_of(number) == "329901"
    assert check_digit_of("32990120130206005") == "X"


@pytest.mark.parametrize("value", ["", "329901160305001", "H12345678", "３２９９０１２０１６０３０５００１５"])
def test_other_values_tell_nothing(value: str) -> None:
    assert (birth_date_of(value), sex_of(value), division_of(value)) == (None, None, None)
