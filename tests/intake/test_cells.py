from datetime import date

import pytest

from portal.intake.cells import NotADate, NumberText, cut_by_excel, read_date, read_last_day, read_phone, unwrapped


@pytest.mark.parametrize(
    "text",
    ["2016-03-05", "2016/3/5", "2016.3.5", "20160305", "2016年3月5日", "２０１６－０３－０５", " 2016-03-05 00:00:00"],
)
def test_a_day_is_read_in_every_usual_writing(text):
    assert read_date(text) == date(2016, 3, 5)


def test_a_serial_is_a_day_only_where_excel_held_a_number():
    assert read_date(NumberText("42434")) == date(2016, 3, 5)
    assert read_date(NumberText("20160305")) == date(2016, 3, 5)
    with pytest.raises(NotADate):
        read_date("42434")


@pytest.mark.parametrize("text", ["2016-02-30", "2016-03", "三月", "00000000", "0216-03-05"])
def test_what_is_no_day_is_never_guessed(text):
    with pytest.raises(NotADate):
        read_date(text)


def test_a_validity_may_have_no_end():
    assert read_last_day("长期") is None
    assert read_last_day("") is None
    assert read_last_day("2026-12-31") == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("19900000001", "19900000001"),
        ("+86 199-0000-0001", "19900000001"),
        ("8619900000001", "19900000001"),
        ("１９９０００００００１", "19900000001"),
        ("0512-88886666", "051288886666"),
        ("", ""),
    ],
)
def test_a_number_that_can_be_rung_is_kept_as_digits(text, number):
    reading = read_phone(text)
    assert (reading.number, reading.problem) == (number, None)


def test_of_several_numbers_the_first_is_kept_and_said_so():
    reading = read_phone("19900000001、19900000002")
    assert reading.number == "19900000001"
    assert "只记下第一个" in str(reading.problem)


@pytest.mark.parametrize("text", ["12345", "1990000000", "没有", "+1 202 555 0100", "1.99E+10"])
def test_what_cannot_be_rung_is_left_out_with_a_sentence(text):
    reading = read_phone(text)
    assert reading.number == ""
    assert reading.problem


@pytest.mark.parametrize(("text", "cut"), [("3.29901E+17", True), ("3.2990120160305e+17", True), ("4E1", False)])
def test_scientific_notation_is_recognised(text, cut):
    assert cut_by_excel(text) is cut


@pytest.mark.parametrize(
    "text", ["3299010001", "'3299010001", '="3299010001"', "3299010001.0", "３２９９０１０００１", " 3299010001\t"]
)
def test_a_code_is_taken_out_of_what_programs_wrap_around_it(text):
    assert unwrapped(text) == "3299010001"


def test_a_phone_held_as_a_number_with_a_point_is_read():
    assert read_phone("19900000001.0").number == "19900000001"
