"""What holds for any two lists, in whatever order and however long."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.matching.agreement import Sharing
from portal.matching.in_memory import match
from portal.matching.people import NOBODY, Guardian, RegisterPerson, RosterPerson, Via
from portal.privacy.resident_id import read_number
from portal.vocabulary import Decision
from tests.matching.people import (
    AYGUL_NUMBER,
    CUT_NUMBER,
    MOTHER_NUMBER,
    TERM_START,
    WHOLE_NUMBER,
    XIAOCHUAN_NUMBER,
    XIAOYU_NUMBER,
    ZHOU_XIAO_NUMBER,
)

# The first name of a run waits for the tables of sounds and spellings.
PATIENTLY = settings(deadline=None, max_examples=200)

NAMES = st.sampled_from(
    ["王小雨", "王小川", "肖明", "萧明", "王丽", "", "王?雨", "阿依·买买提", "阿依•买买提", "不详", "锟斤拷"]
)
NUMBERS = st.sampled_from(
    [
        XIAOYU_NUMBER,
        f" {XIAOYU_NUMBER}",
        XIAOYU_NUMBER + "43",
        XIAOCHUAN_NUMBER,
        ZHOU_XIAO_NUMBER,
        ZHOU_XIAO_NUMBER.lower(),
        MOTHER_NUMBER,
        AYGUL_NUMBER,
        "329901160305001",
        "329901201603050014",
        "32990120160305O015",
        "329901201603050000",
        "329901********0015",
        CUT_NUMBER,
        WHOLE_NUMBER,
        "H12345678",
        "0" * 18,
        "无",
        "",
    ]
)
KNOWN = [
    ("王小雨", XIAOYU_NUMBER),
    ("王小川", XIAOCHUAN_NUMBER),
    ("肖明", ZHOU_XIAO_NUMBER),
    ("王小雨", "329901160305001"),
    ("王小雨", "329901201603050014"),
]
"""Few enough to meet one another again and again; the last two numbers are an old one and one that does not hold."""
OWN = st.sampled_from([*KNOWN[:3], *KNOWN])
WRITTEN = st.one_of(
    OWN,
    OWN,
    st.tuples(st.sampled_from([name for name, _ in KNOWN]), st.sampled_from([number for _, number in KNOWN])),
    st.tuples(NAMES, st.sampled_from([number for _, number in KNOWN])),
    st.tuples(st.sampled_from([name for name, _ in KNOWN]), NUMBERS),
)
"""Name and number: two in five somebody's own, the others exchanged or with a slip in one of the two."""
NO_GUARDIAN = st.just(NOBODY)
GUARDIANS = st.one_of(
    NO_GUARDIAN,
    NO_GUARDIAN,
    st.builds(Guardian, name=st.just("王丽"), number=st.sampled_from([MOTHER_NUMBER, "", "无"])),
)


def a_strategy(kind, **columns):
    return st.builds(lambda written, **rest: kind(id=0, name=written[0], number=written[1], **rest), WRITTEN, **columns)


PUPILS = a_strategy(
    RosterPerson,
    former_name=st.sampled_from(["", "王小川"]),
    guardian_1=GUARDIANS,
    guardian_2=GUARDIANS,
    birth_date=st.sampled_from([None, None, date(2016, 3, 5)]),
    division=st.sampled_from(["", "329901"]),
)
ENTRIES = a_strategy(
    RegisterPerson,
    household=st.sampled_from(["", "H1", "H2"]),
    county=st.sampled_from(["", "329901"]),
    category=st.sampled_from(["低保", "残疾"]),
    valid_to=st.sampled_from([None, None, None, TERM_START, TERM_START.replace(month=8)]),
)


def numbered(people):
    return [
        type(one)(**{**{f: getattr(one, f) for f in one.__slots__}, "id": place}) for place, one in enumerate(people, 1)
    ]


ROSTERS = st.lists(PUPILS, min_size=1, max_size=6).map(numbered)
REGISTERS = st.lists(ENTRIES, min_size=1, max_size=6).map(numbered)


def decided(roster, register):
    found = match(roster, register, TERM_START)
    return {(one.roster_id, one.register_id): one for one in found}


def certain(found):
    return {pair for pair, one in found.items() if one.decision is Decision.CERTAIN}


@PATIENTLY
@given(ROSTERS, REGISTERS, st.randoms())
def test_no_decision_depends_on_the_order_of_rows(roster, register, random):
    before = decided(roster, register)
    random.shuffle(roster)
    random.shuffle(register)
    assert decided(roster, register) == before


@PATIENTLY
@given(ROSTERS, REGISTERS, PUPILS, ENTRIES)
def test_more_rows_never_turn_a_certain_match_into_another_one_unseen(roster, register, pupil, entry):
    before = decided(roster, register)
    after = decided(numbered([*roster, pupil]), numbered([*register, entry]))
    for pair in certain(before) - certain(after):
        assert after[pair].agreement.sharing is not Sharing.NONE
    for pair in certain(after) - certain(before):
        assert pair[0] > len(roster) or pair[1] > len(register)


@PATIENTLY
@given(ROSTERS, REGISTERS)
def test_nobody_is_certain_while_the_number_stands_for_two_names(roster, register):
    found = decided(roster, register)
    differing = {pair for pair, one in found.items() if one.agreement.via is Via.SELF and one.agreement.contradicts}
    assert not {pupil for pupil, _ in certain(found)} & {pupil for pupil, _ in differing}
    assert not {entry for _, entry in certain(found)} & {entry for _, entry in differing}


@PATIENTLY
@given(ROSTERS, REGISTERS)
def test_an_entry_is_certainly_one_pupil_at_most(roster, register):
    entries = [entry for _, entry in certain(decided(roster, register))]
    assert len(entries) == len(set(entries))


@PATIENTLY
@given(st.text(alphabet="0123456789xX ×＊*１'OlISBZ.E+-", min_size=13, max_size=22) | NUMBERS)
def test_repairing_a_number_twice_repairs_it_once(text):
    once = read_number(text, day=TERM_START)
    twice = read_number(once.value, day=TERM_START)
    assert not once.certain or (twice.value, twice.certain) == (once.value, True)


@PATIENTLY
@given(PUPILS, ENTRIES)
def test_only_numbers_equal_after_lossless_repair_are_certain(pupil, entry):
    for one in match([pupil], [entry], TERM_START):
        if one.decision is Decision.CERTAIN:
            numbers = read_number(pupil.number, day=TERM_START), read_number(entry.number, day=TERM_START)
            assert numbers[0].value == numbers[1].value and all(number.certain for number in numbers)
