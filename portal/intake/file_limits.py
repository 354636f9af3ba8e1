"""How large a file may be, by who sends it (security.md §2.2: a school's, measured on hostile workbooks).

| Who | File | Rows | A workbook inflated | Why |
|---|---|---|---|---|
| a school, by the web | 5 MB | 50 000 | 64 MB | 39 000 pupils of 22 columns in an xlsx, 20 000 in a csv |
| an office or a bureau, by the web | 32 MB | 400 000 | 512 MB | a county's roster is 8-25 MB; a city's goes in parts |
| the operator, by a command | 512 MB | 1 048 576 | 4 GB | a province's register; parquet too, for they know its maker |

What a workbook may be besides (members, growth, content) is the same for all: ``archive``.
"""

from dataclasses import dataclass

from portal.intake.archive import ArchiveLimits
from portal.intake.workbook import WorkbookLimits
from portal.vocabulary import UnitLevel


@dataclass(frozen=True)
class Limits:
    """What a file may be: bytes as sent, the bounds of what is inside, and whether it may be parquet."""

    bytes: int
    workbook: WorkbookLimits
    archive: ArchiveLimits
    parquet: bool = False


SCHOOL = Limits(
    5 << 20,
    WorkbookLimits(rows=50_000, columns=150, memory=1024 << 20, seconds=30),
    ArchiveLimits(inflated=64 << 20),
)
OFFICE = Limits(
    32 << 20,
    WorkbookLimits(rows=400_000, columns=150, memory=1536 << 20, seconds=60),
    ArchiveLimits(inflated=512 << 20),
)
OPERATOR = Limits(
    512 << 20,
    WorkbookLimits(rows=1_048_576, columns=500, memory=4096 << 20, seconds=300),
    ArchiveLimits(inflated=4096 << 20),
    parquet=True,
)


def by_web(level: UnitLevel) -> Limits:
    return SCHOOL if level is UnitLevel.SCHOOL else OFFICE
