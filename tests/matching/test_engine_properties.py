"""What holds for any two lists, in whatever order and however long."""

from hypothesis import given
from hypothesis import strategies as st

from portal.matching.engine import match
from portal.matching.keys import pairs_by_number
from portal.matching.people import Guardian, RegisterPerson, RosterPerson
from portal.vocabulary import Decision
from tests.matching.people import (
    AYGUL_NUMBER,
    MOTHER_NUMBER,
    TERM_START,
    XIAOCHUAN_NUMBER,
    XIAOYU_NUMBER,
    ZHOU_XIAO_NUMBER,
)

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
        "H12345678",
        "0" * 18,
        "无",
        "",
    ]
)
GUARDIANS = st.builds(Guardian, name=NAMES, number=NUMBERS)
PUPILS = st.builds(
    RosterPerson,
    id=st.just(0),
    name=NAMES,
    number=NUMBERS,
    former_name=NAMES,
    guardian_1=GUARDIANS,
    guardian_2=GUARDIANS,
)
ENTRIES = st.builds(
    RegisterPerson,
    id=st.just(0),
    name=NAMES,
    number=NUMBERS,
    valid_to=st.sampled_from([None, TERM_START, TERM_START.replace(month=8)]),
)


def numbered(people):
    return [
        type(one)(**{**{f: getattr(one, f) for f in one.__slots__}, "id": place}) for place, one in enumerate(people, 1)
    ]


ROSTERS = st.lists(PUPILS, max_size=6).map(numbered)
REGISTERS = st.lists(ENTRIES, max_size=6).map(numbered)


def decided(roster, register):
    found = match(pairs_by_number(roster, register, TERM_START), TERM_START)
    return {(one.roster_id, one.register_id): (one.decision, one.rule.code, one.evidence) for one in found}


@given(ROSTERS, REGISTERS, st.randoms())
def test_no_decision_depends_on_the_order_of_rows(roster, register, random):
    before = decided(roster, register)
    random.shuffle(roster)
    random.shuffle(register)
    assert decided(roster, register) == before


@given(ROSTERS, REGISTERS, PUPILS, ENTRIES)
def test_more_rows_never_turn_a_certain_match_into_another_one_unseen(roster, register, pupil, entry):
    before = decided(roster, register)
    after = decided(numbered([*roster, pupil]), numbered([*register, entry]))
    for pair, (decision, *_) in before.items():
        if decision is Decision.CERTAIN and after[pair][0] is not Decision.CERTAIN:
            assert after[pair][1] in ("number_shared_in_roster", "number_shared_in_register")
    assert before.keys() <= after.keys()


@given(ROSTERS, REGISTERS)
def test_nobody_is_certain_while_the_number_stands_for_two_names(roster, register):
    found = decided(roster, register)
    certain = {pair for pair, (decision, *_) in found.items() if decision is Decision.CERTAIN}
    differing = {pair for pair, (_, rule, _) in found.items() if rule == "number_other_name"}
    assert not {pupil for pupil, _ in certain} & {pupil for pupil, _ in differing}
    assert not {entry for _, entry in certain} & {entry for _, entry in differing}
