"""A csv as columns of text: pyarrow reads the sound ones, Python the ragged ones and those with breaks in cells."""

import codecs
import csv
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from portal.headings.heading_line import WITHIN, Columns, delimiter_of
from portal.matching.numbered_rows import numbered
from portal.matching.source import READ, MatchFilesError, Source, place_headings
from portal.vocabulary import IntakeKind

CHUNK = 1 << 20
UTF_8, UTF_16, GB_18030 = "utf-8-sig", "utf-16", "gb18030"
FOR_ARROW = {UTF_8: "utf8"}


@dataclass(frozen=True)
class _Text:
    """``lines`` counts line ends, those of empty lines left out where they can be told."""

    path: Path
    encoding: str
    lines: int
    quoted: bool


@dataclass(frozen=True)
class _Layout:
    """``above`` is how many lines, headings included, stand above the data, ``empty`` how many of them are empty.

    ``width`` is how many cells the headings have.
    """

    above: int
    empty: int
    width: int
    delimiter: str
    columns: Columns

    @property
    def read(self) -> dict[str, int]:
        """Where the columns stand that matching looks at."""
        return {field: position for field, position in self.columns.positions.items() if field in READ}


def open_text(path: Path, kind: IntakeKind) -> Source:
    """UTF-8 with or without its mark, UTF-16 with it, or GB18030; cells between commas, tabs or semicolons."""
    text = _decodable(path)
    layout = _layout(text, kind)
    table = _read_sound(text, layout)
    if table is None:
        table = _read_line_by_line(text, layout)
    read = {field: _name(place) for field, place in layout.read.items()}
    return Source(path, kind, numbered(table), read, layout.columns.dropped, layout.columns.foreign)


def _layout(text: _Text, kind: IntakeKind) -> _Layout:
    lines: list[list[str]] = []
    ends: list[int] = []
    with text.path.open(encoding=text.encoding, newline="") as file:
        delimiter = delimiter_of(file.read(CHUNK))
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for cells in islice(reader, WITHIN):
                lines.append(cells)
                ends.append(reader.line_num)
        except csv.Error as error:
            raise MatchFilesError(_unpaired(text.path, reader.line_num)) from error
    at, columns = place_headings(text.path, lines, kind)
    return _Layout(ends[at], lines[:at].count([]), len(lines[at]), delimiter, columns)


def _read_sound(text: _Text, layout: _Layout) -> pa.Table | None:
    """None where a line is ragged, or a quote might have swallowed lines: pyarrow would not say so."""
    names = [_name(place) for place in range(layout.width)]
    try:
        table = pyarrow.csv.read_csv(
            text.path,
            read_options=pyarrow.csv.ReadOptions(
                encoding=FOR_ARROW.get(text.encoding, text.encoding), skip_rows=layout.above, column_names=names
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=layout.delimiter, newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[_name(place) for place in layout.read.values()],
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return None if text.quoted and layout.above - layout.empty + table.num_rows < text.lines else table


def _read_line_by_line(text: _Text, layout: _Layout) -> pa.Table:
    """Short lines are empty where they end; an empty line is no line."""
    places = list(layout.read.values())
    found: list[list[str]] = [[] for _ in places]
    with text.path.open(encoding=text.encoding, newline="") as file:
        reader = csv.reader(islice(file, layout.above, None), delimiter=layout.delimiter, strict=True)
        try:
            for cells in reader:
                if cells:
                    for place, column in zip(places, found, strict=True):
                        column.append(cells[place] if place < len(cells) else "")
        except csv.Error as error:
            raise MatchFilesError(_unpaired(text.path, layout.above + reader.line_num)) from error
    return pa.table({_name(place): pa.array(column, pa.string()) for place, column in zip(places, found, strict=True)})


def _name(place: int) -> str:
    return f"c{place}"


def _unpaired(path: Path, line: int) -> str:
    return f"{path.name} 第 {line} 行附近的双引号没有配对，后面的行会连成一片，请改正这一行或另存为 xlsx。"


def _decodable(path: Path) -> _Text:
    """Reads the file once through, so that no character is replaced or lost later."""
    with path.open("rb") as file:
        marked = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in (UTF_16,) if marked else (UTF_8, GB_18030):
        decoder = codecs.getincrementaldecoder(encoding)()
        lines, quoted = 0, False
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    text = decoder.decode(chunk)
                    # In UTF-8 and GB18030 these bytes are never part of another character.
                    plain = text.encode() if marked else chunk
                    if b"\0" in plain:
                        raise MatchFilesError(f"{path.name} 不是文字文件，请另存为 csv、parquet 或 xlsx。")
                    lines += plain.count(b"\n") - plain.count(b"\n\n") - plain.count(b"\n\r\n")
                    quoted = quoted or b'"' in plain
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return _Text(path, encoding, lines, quoted)
    raise MatchFilesError(f"{path.name} 不是 UTF-8 也不是 GB18030 编码的文字文件，请另存为“CSV UTF-8”。")
