"""A parquet file as rows of text, as a csv would have them; only from the operator (``file_limits``)."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from portal.clock import local
from portal.intake.problems import UnreadableFile

_AT_ONCE = 20_000
_EXACT = 1e15
_BROKEN = "这个 parquet 文件打不开或已经损坏：请重新导出后再导入。"


def parquet_rows(data: bytes) -> Iterator[Sequence[str]]:
    """The names of the columns, then the rows."""
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
        yield file.schema_arrow.names
        for batch in file.iter_batches(_AT_ONCE):
            yield from zip(*([_text(value) for value in column.to_pylist()] for column in batch.columns), strict=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile(_BROKEN) from error


def _text(value: Any) -> str:
    """Whole numbers that pandas made floats are whole again; beyond fifteen digits they are told as cut."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else f"{value:.14e}"
    if isinstance(value, datetime):
        return (local(value) if value.tzinfo else value).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
