"""Lists for a spreadsheet program: a full disk is the system's own error, whatever writes."""

from pathlib import Path

import pytest

from portal.sheets import write_xlsx


@pytest.mark.parametrize("row_by_row", [True, False])
def test_a_full_disk_is_told_as_the_system_tells_it(row_by_row: bool) -> None:
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("wb", buffering=0) as full:
        write_xlsx(full, [["姓名"]], row_by_row=row_by_row)
