import pytest

from portal.headings.columns import KINDS
from portal.headings.heading_line import normalise


@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_stands_for_two_fields_of_one_kind(kind):
    words = [
        (normalise(word), column.field) for column in KINDS[kind] for word in (*column.words, *column.stand_ins.split())
    ]
    assert len(dict(words)) == len(set(words))


@pytest.mark.parametrize("kind", KINDS)
def test_the_name_is_the_one_column_that_no_file_may_lack(kind):
    assert [column.heading for column in KINDS[kind] if column.field == "name" and column.required] == ["姓名"]
