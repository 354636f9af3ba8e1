import pytest

from portal.headings.heading_line import columns_of, delimiter_of, heading_line
from portal.vocabulary import IntakeKind


def test_the_headings_are_the_line_with_the_most_known_ones():
    lines = [["示例县困难群体名单"], [], ["单位", "姓名"], ["★姓 名", "身份证\n号码", "类别"], ["王小雨", "", "低保"]]
    assert heading_line(lines) == (3, 3)


def test_a_file_of_no_known_heading_has_none():
    assert heading_line([["学号", "爱好"], ["1", "画画"]]) == (0, 0)
    assert heading_line([]) == (0, 0)


@pytest.mark.parametrize("mark", ",\t;")
def test_the_mark_between_cells_is_the_one_that_shows_headings(mark):
    title = "名册;2026,秋季;学籍;一份,共三份\n"
    assert delimiter_of(title + mark.join(["姓名", "身份证号", "年级"]) + "\n") == mark


def test_a_certificates_number_stands_in_where_there_is_no_other_number():
    assert columns_of(["姓名", "残疾人证号"], IntakeKind.REGISTER).positions == {"name": 0, "id_no": 1}


def test_a_certificates_number_gives_way_to_the_identity_number():
    columns = columns_of(["残疾人证号", "姓名", "身份证号"], IntakeKind.REGISTER)
    assert columns.positions == {"name": 1, "id_no": 2}
    assert columns.dropped == ("残疾人证号",)
    assert columns.doubled is None


def test_two_headings_for_one_field_are_told():
    assert columns_of(["姓名", "身份证号", "证件号码"], IntakeKind.ROSTER).doubled == ("id_no", "身份证号", "证件号码")
