"""L-01, L-14: every stored field has its class, and the page for people says the same."""

import pytest
from sqlalchemy import Table

from make.inventory import PAGE
from portal.models.base import Base
from portal.privacy.inventory import BASES, inventory, of_nobody, page

HOLDINGS = {holding.table: holding for holding in inventory()}
IN_CLEAR = {
    # of S2, and why it is not sealed
    "id_type", "id_certain", "is_mobile",  # what kind of number, never the number
    "offered_keys", "key", "code_digest",  # keyed digests
    "sex", "hukou_division", "county_code",  # counted by, and the policy asks for them
    "source",  # the address in the trail, which must be searched
}  # fmt: skip


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_column_of_a_table_has_exactly_one_class(table: Table) -> None:
    if table.name in of_nobody():
        assert table.name not in HOLDINGS
        assert [column.name for column in table.columns if column.name.endswith(("_sealed", "pupil_id"))] == []
        return
    holding = HOLDINGS[table.name]
    listed = [*holding.plain, *(column for columns in holding.classed.values() for column in columns)]
    assert sorted(listed) == sorted(column.name for column in table.columns)
    assert [column for column in holding.plain if column.endswith(("_sealed", "_index"))] == []
    assert holding.basis in BASES


def test_what_one_can_be_found_by_is_never_stored_in_clear() -> None:
    found = {column for holding in HOLDINGS.values() for column in holding.classed["S2"]}
    assert {column for column in found if not column.endswith(("_sealed", "_index"))} == IN_CLEAR


def test_nothing_is_classed_that_no_table_has() -> None:
    assert {*HOLDINGS, *of_nobody()} == set(Base.metadata.tables)


def test_the_page_for_people_is_drawn_from_the_classes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
