"""A csv, parquet or xlsx file as columns of text that DuckDB can scan; nothing of it is written to disk."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from python_calamine import CalamineError, load_workbook

HEADINGS = {
    "row_id": ("序号", "编号", "行号"),
    "name": ("姓名", "学生姓名", "人员姓名", "成员姓名"),
    "former_name": ("曾用名",),
    "id_type": ("身份证件类型", "证件类型"),
    "id_no": (
        "身份证件号",
        "身份证件号码",
        "证件号码",
        "证件号",
        "身份证号",
        "身份证号码",
        "公民身份号码",
        "残疾人证号",
    ),
    "g1_name": ("监护人1姓名", "监护人姓名", "成员1姓名"),
    "g1_id": ("监护人1身份证件号", "监护人身份证件号", "监护人1身份证号", "成员1身份证件号"),
    "g2_name": ("监护人2姓名", "成员2姓名"),
    "g2_id": ("监护人2身份证件号", "监护人2身份证号", "成员2身份证件号"),
    "valid_to": ("有效期止", "有效期至", "截止日期"),
}
COLUMN_OF = {spelling: column for column, spellings in HEADINGS.items() for spelling in (column, *spellings)}
HEADING_WITHIN_LINES = 20
CHUNK = 1 << 20
UTF_8 = "utf-8-sig"


class MatchFilesError(Exception):
    """One Chinese sentence: which file, what is wrong, what to do."""


@dataclass(frozen=True)
class Source:
    """Where each known column is; ``table`` is a parquet path or the rows themselves."""

    path: Path
    table: Path | pa.Table
    columns: dict[str, str]

    @property
    def has_row_ids(self) -> bool:
        """Whether the file brings its own row numbers (序号)."""
        return "row_id" in self.columns


def open_source(path: Path) -> Source:
    """Open by suffix; the headings may stand below title lines, in any order, beside unknown columns."""
    if not path.is_file():
        raise MatchFilesError(f"找不到文件 {path},请检查路径。")
    opener = OPENERS.get(path.suffix.lower())
    if opener is None:
        raise MatchFilesError(f"{path.name} 不是支持的格式,请另存为 csv、parquet 或 xlsx。")
    source = opener(path)
    if "name" not in source.columns:
        raise MatchFilesError(f"{path.name} 里没有“姓名”这一列,请检查标题行。")
    return source


def _open_parquet(path: Path) -> Source:
    try:
        names = pyarrow.parquet.read_schema(path).names
    except (pa.ArrowInvalid, OSError) as error:
        raise MatchFilesError(f"{path.name} 打不开:不是 parquet 文件或已损坏,请重新导出。") from error
    return Source(path, path, _known(path, names))


def _open_csv(path: Path) -> Source:
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter_of(file.read(CHUNK))
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        above, heading = _find_heading(path, ((reader.line_num, row) for row in reader))
    names = [f"c{place}" for place in range(len(heading))]
    columns = {column: names[heading.index(original)] for column, original in _known(path, heading).items()}
    try:
        table = pyarrow.csv.read_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(
                encoding="utf8" if encoding == UTF_8 else encoding, skip_rows=above, column_names=names
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(columns.values(), pa.string()),
                include_columns=sorted(set(columns.values())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        table = _read_ragged_csv(path, encoding, delimiter, above, names)
    return Source(path, table, columns)


def _read_ragged_csv(path: Path, encoding: str, delimiter: str, above: int, names: list[str]) -> pa.Table:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(islice(file, above, None), delimiter=delimiter)
        try:
            return _as_table((row for row in reader if row), names)
        except csv.Error as error:
            raise MatchFilesError(
                f"{path.name} 第 {above + reader.line_num} 行附近读不下去,请另存为 xlsx 再试。"
            ) from error


def _open_workbook(path: Path) -> Source:
    try:
        rows = load_workbook(io.BytesIO(path.read_bytes())).get_sheet_by_index(0).to_python(skip_empty_area=True)
    except (CalamineError, OSError) as error:
        raise MatchFilesError(
            f"{path.name} 打不开:不是真正的 Excel 文件、已加密或已损坏,请用 Excel 另存为 xlsx。"
        ) from error
    texts = [[_text_of(cell) for cell in row] for row in rows]
    above, heading = _find_heading(path, enumerate(texts, start=1))
    names = [f"c{place}" for place in range(len(heading))]
    columns = {column: names[heading.index(original)] for column, original in _known(path, heading).items()}
    return Source(path, _as_table((row for row in texts[above:] if any(row)), names), columns)


OPENERS: dict[str, Callable[[Path], Source]] = {
    ".parquet": _open_parquet,
    ".csv": _open_csv,
    ".txt": _open_csv,
    ".xlsx": _open_workbook,
    ".xls": _open_workbook,
}


def _known(path: Path, headings: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading in headings:
        column = COLUMN_OF.get("".join(unicodedata.normalize("NFKC", heading).split()).lower())
        if column in found:
            raise MatchFilesError(f"{path.name} 里“{found[column]}”和“{heading}”像是同一列,请删去一列。")
        if column:
            found[column] = heading
    return found


def _find_heading(path: Path, lines: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    seen = 0
    for line, row in islice(lines, HEADING_WITHIN_LINES):
        seen = line
        if "name" in _known(path, row):
            return line, row
    if not seen:
        raise MatchFilesError(f"{path.name} 是空的。")
    raise MatchFilesError(f"{path.name} 前 {HEADING_WITHIN_LINES} 行里找不到带“姓名”的标题行,请检查文件。")


def _as_table(rows: Iterator[list[str]], names: list[str]) -> pa.Table:
    width = len(names)
    padded = [(row + [""] * width)[:width] for row in rows]
    columns = list(zip(*padded, strict=True)) or [()] * width
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)})


def _text_of(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _encoding_of(path: Path) -> str:
    for encoding in (UTF_8, "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise MatchFilesError(f"{path.name} 不是 UTF-8 也不是 GB18030 编码的文字文件,请另存为“CSV UTF-8”。")


def _delimiter_of(sample: str) -> str:
    return max(",\t;", key=sample.count)
