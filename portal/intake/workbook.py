"""An xlsx or xls, parsed in a process of its own; a file that breaks the parser costs a sentence, not the portal."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.intake.cells import NumberText
from portal.intake.problems import LOCKED, SAVE_AGAIN, VALUES_ONLY, UnreadableFile

_READER = Path(__file__).with_name("workbook_reader.py")

Row = Sequence[str]


@dataclass(frozen=True)
class WorkbookLimits:
    """Bounds of a sheet, and of the process that parses it: bytes of memory, seconds of CPU."""

    rows: int
    columns: int
    memory: int
    seconds: int


@dataclass(frozen=True)
class SheetHead:
    """The name of a visible sheet and its first rows."""

    name: str
    rows: list[list[str]]


_SENTENCES = {
    "locked": LOCKED,
    "broken": f"这个文件不是能读的 Excel 工作簿，或已经损坏：{SAVE_AGAIN}",
    "large": "工作表“{sheet}”用到了第{rows}行、第{columns}列，超过能收的{max_rows}行、{max_columns}列："
    "请删去名单以外的内容，或分成几份后再导入。",
    "died": f"这个工作簿展开后大得不正常，已停止读取：{VALUES_ONLY}",
}


def read_sheet(data: bytes, limits: WorkbookLimits, choose: Callable[[list[SheetHead]], int]) -> Iterator[Row]:
    """The rows of the sheet that ``choose`` picks by the heads, from row 1 on; a blank row is empty."""
    asked = {
        "size": len(data),
        "rows": limits.rows,
        "columns": limits.columns,
        "memory": limits.memory,
        "seconds": limits.seconds,
    }
    process = subprocess.Popen(
        [sys.executable, "-I", str(_READER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            yield from _dialogue(process, json.dumps(asked).encode() + b"\n" + data, limits, choose)
        except BrokenPipeError as error:
            raise UnreadableFile(_SENTENCES["died"]) from error
        finally:
            process.kill()


def _dialogue(
    process: "subprocess.Popen[bytes]",
    question: bytes,
    limits: WorkbookLimits,
    choose: Callable[[list[SheetHead]], int],
) -> Iterator[Row]:
    if process.stdin is None or process.stdout is None:
        raise UnreadableFile(_SENTENCES["died"])
    process.stdin.write(question)
    process.stdin.flush()
    first = process.stdout.readline()
    if not first:
        raise UnreadableFile(_SENTENCES["died"])
    answer = _parsed(first)
    if "error" in answer:
        bounds = {"max_rows": limits.rows, "max_columns": limits.columns}
        raise UnreadableFile(_SENTENCES[answer["error"]].format(**answer, **bounds))
    chosen = choose([SheetHead(sheet["name"], sheet["rows"]) for sheet in answer["sheets"]])
    process.stdin.write(b"%d\n" % chosen)
    process.stdin.close()
    for line in process.stdout:
        yield from _parsed(line)
    if process.wait() != 0:
        raise UnreadableFile(_SENTENCES["died"])


def _parsed(line: bytes) -> Any:
    """JSON whose numbers are text that remembers Excel held it as a number."""
    return json.loads(line, parse_int=NumberText, parse_float=NumberText)
