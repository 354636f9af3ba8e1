"""What is wrong in somebody's file: a value beside the line, or one sentence for the whole file."""

from dataclasses import dataclass


class UnreadableFile(Exception):
    """The file as a whole cannot be taken in; the message is one Chinese sentence: what is wrong, what to do."""


SAVE_AGAIN = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿(.xlsx)”后再导入。"
VALUES_ONLY = "请新建一个工作簿，只把名单“粘贴为数值”进去，保存后再导入。"
LOCKED = "这个工作簿设了打开密码，读不出来：请在 Excel 里去掉密码（文件→信息→保护工作簿）后再导入。"


@dataclass(frozen=True)
class Problem:
    """A line's fault; ``row`` and ``column`` as the user sees them in Excel, the sentence without personal data."""

    row: int
    column: str
    problem: str
    row_kept: bool


@dataclass(frozen=True)
class Repair:
    """A lossless repair that was made; ``was`` and ``now`` are personal data and are masked before they are stored."""

    row: int
    column: str
    was: str
    now: str
