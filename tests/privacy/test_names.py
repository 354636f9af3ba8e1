import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.privacy.names import damaged, name_key, tidy_name, variant_spelling

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=5)


@pytest.mark.parametrize(
    "dot", ["·", "\u2022", ".", "・", "‧", "⋅", "∙", "\uff0e", "﹒", "･", "", " ", "\u3000", "\u200b", "-"]
)
def test_every_dot_and_no_dot_make_the_same_key(dot: str) -> None:
    written = f"阿依古丽{dot}买买提"

    assert name_key(written) == name_key("阿依古丽·买买提")
    assert variant_spelling(written, "阿依古丽·买买提") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王小雨", "王 小 雨"),
        ("王小雨", "王小雨(大)"),
        ("王小雨", "王小雨（女）"),
        ("王小雨", "\ufeff王小雨\u200b"),
        ("肖国华", "蕭國華"),
        ("闫小玲", "閻小玲"),
        ("钟书", "鍾書"),
        ("李頔", "李𬱖"),
        ("John Smith", "ＪＯＨＮ　ＳＭＩＴＨ"),
        ("朗\uf929", "朗朗"),
    ],
)
def test_names_written_differently_compare_equal(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王小雨", "王小川"),
        ("王兰", "王蓝"),
        ("王乾", "王干"),
        ("李(由页)", "李"),
        ("李頔", "李笛"),
        ("李小肖", "李小萧"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
    assert variant_spelling(one, other) is None


def test_a_variant_spelling_is_told_by_its_characters_and_not_by_the_name() -> None:
    sentence = variant_spelling("李頔", "李𬱖")

    assert sentence == "姓名写法不同：「頔」与「𬱖」，视为同一个字，请以户口簿为准更正"


def test_a_variant_surname_is_told_as_well() -> None:
    assert "「肖」与「萧」" in (variant_spelling("肖国", "萧国") or "")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("李?", "「?」"),
        ("李\uff1f", "「?」"),
        ("李□", "「□」"),
        ("李〓", "「□」"),
        ("李\ufffd", "乱码"),
        ("锟斤拷", "乱码"),
        ("ÍõÐ¡Óê", "乱码"),
        ("李\ue815", "自造字"),
        ("李\U000f0001", "自造字"),
        ("李\ud862", "乱码"),  # noqa: PT014  # half a surrogate pair, which ruff takes for U+FFFD
        ("李⿰由页", "拼字"),
        ("王*雨", "打码"),
        ("王\uff0a雨", "打码"),
    ],
)
def test_damage_is_named(text: str, word: str) -> None:
    assert word in (damaged(text) or "")


def test_of_two_kinds_of_damage_the_first_of_the_table_is_told() -> None:
    assert "「?」" in (damaged("王*□?") or "")


@pytest.mark.parametrize(
    "name", ["王小雨", "李𬱖", "阿依古丽·买买提", "阿依古丽•买买提", "John Smith", "王〇", "𠮷田", "李\U00031350", ""]
)
def test_a_whole_name_is_not_called_damaged(name: str) -> None:
    assert damaged(name) is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" \ufeff王小雨\u3000\n", "王小雨"),
        ("王 丽", "王 丽"),
        ("阿依古丽•买买提", "阿依古丽•买买提"),
        ("蕭國", "蕭國"),
        ("李𬱖", "李𬱖"),
        ("王\u200b小\u202c雨", "王小雨"),
        ("王\n雨", "王 雨"),
        ("葛\U000e0100", "葛\U000e0100"),
    ],
)
def test_the_stored_form_stays_the_rosters(written: str, kept: str) -> None:
    assert tidy_name(written) == kept


@given(st.text())
def test_a_tidy_name_is_tidy(text: str) -> None:
    assert tidy_name(tidy_name(text)) == tidy_name(text)


@given(HAN)
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(HAN, HAN)
def test_a_variant_is_told_exactly_when_two_writings_share_a_key(one: str, other: str) -> None:
    told = variant_spelling(one, other) is not None

    assert told == (one != other and name_key(one) == name_key(other))
    assert (variant_spelling(other, one) is not None) == told


@given(HAN)
def test_a_name_and_its_key_differ_at_most_in_writing(name: str) -> None:
    assert (variant_spelling(name, name_key(name)) is not None) == (name != name_key(name))
