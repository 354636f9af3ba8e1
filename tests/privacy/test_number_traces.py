"""What a number that cannot be relied on still tells."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.privacy.number_traces import NOTHING, fits, traces_of
from tests.privacy.numbers import TODAY, valid_numbers

XIAOYU = 32990120160305001


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("3.29901E+17", "329901????????????"),
        ("3.29901201603050E+17", "32990120160305????"),
        ("329901201603050000", "329901201603050???"),
        ("329901********0015", "329901????????0015"),
        ("3299***15", "3299????????????15"),
        ("329901160305001", "329901??160305001?"),
        ("G329901201603050014", "329901201603050014"),
    ],
)
def test_what_is_legible_keeps_its_place(written, pattern):
    assert traces_of(written, TODAY).pattern == pattern
    assert fits(pattern, "329901201603050015") or written.startswith("G")


@pytest.mark.parametrize("written", ["", "无", "0" * 18, "1" * 15, "13912345678", "3.3E+17", "护照", "0000000000000X_"])
def test_what_is_no_number_tells_of_nobody(written):
    traces = traces_of(written, TODAY)
    assert traces.first17 == NOTHING.first17 and traces.division in (None, "000000")


@given(valid_numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_anywhere_leads_back(number, place, more):
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    assert wrong[0] == "0" or int(number[:17]) in traces_of(wrong, TODAY).first17


@given(valid_numbers, st.integers(0, 17))
def test_a_digit_lost_anywhere_leads_back(number, place):
    assert int(number[:17]) in traces_of(number[:place] + number[place + 1 :], TODAY).first17


@given(valid_numbers, st.integers(0, 15))
@example("329901195301041000", 0)
def test_neighbours_exchanged_lead_back(number, place):
    exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert exchanged == number or exchanged[0] == "0" or int(number[:17]) in traces_of(exchanged, TODAY).first17
