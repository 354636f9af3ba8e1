"""Lists to take away, as csv, xlsx or pdf."""

from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from urllib.parse import quote

from flask import Response

from portal.sheets import CSV_ENCODING, write_csv, write_xlsx

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    write_csv(text, [headings, *rows])
    return text.getvalue().encode(CSV_ENCODING)


def as_xlsx(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    made = BytesIO()
    write_xlsx(made, [headings, *rows])
    return made.getvalue()


WRITERS = {"xlsx": as_xlsx, "csv": as_csv}


def download(data: bytes, name: str) -> Response:
    """Saved, never shown: a browser must not take a list for a page."""
    response = Response(data, content_type=TYPES[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
