"""Lists for a spreadsheet program: a full disk is the system's own error, whatever writes."""

import errno
import gc
from io import BytesIO

import pytest

from portal.sheets import write_xlsx


class Disk(BytesIO):
    full = True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("row_by_row", [True, False])
def test_a_full_disk_is_told_as_the_system_tells_it(row_by_row: bool) -> None:
    disk = Disk()
    with pytest.raises(OSError, match="No space left"):
        write_xlsx(disk, [["姓名"]], row_by_row=row_by_row)
    disk.full = False
    gc.collect()  # the archive is closed while there is a disk to close it on
