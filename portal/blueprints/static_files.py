"""Style sheets and scripts: compressed once a worker, and kept by the browser for a year.

An address carries the mark of what it serves, so a changed file has another address. Pages themselves are not
compressed: beside a token, the length of what is compressed tells too much to a listener (BREACH).
"""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

FOLDER = Path(__file__).parent.parent / "static"
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@dataclass(frozen=True)
class Asset:
    """``mark`` changes with the content."""

    plain: bytes
    packed: bytes
    media_type: str
    mark: str


def serve_on(app: Flask) -> None:
    """``url_for("static", filename=…)`` as ever, with the mark added."""
    app.add_url_rule("/static/<path:filename>", "static", serve)
    app.url_defaults(add_mark)


def add_mark(endpoint: str, values: dict[str, object]) -> None:
    if endpoint == "static" and (found := asset(str(values["filename"]))):
        values["v"] = found.mark


def serve(filename: str) -> Response:
    found = asset(filename) or abort(404)
    packed = request.accept_encodings["gzip"] > 0
    response = Response(found.packed if packed else found.plain, content_type=found.media_type)
    response.headers["Cache-Control"] = FOR_GOOD if request.args.get("v") == found.mark else ASK_AGAIN
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{found.mark}-gzip" if packed else found.mark)
    response.make_conditional(request)
    return response


def asset(name: str) -> Asset | None:
    path = safe_join(str(FOLDER), name)
    if path is None:
        return None
    try:
        found = Path(path).stat()
    except (OSError, ValueError):  # a NUL in the name
        return None
    return _read(path, found.st_mtime_ns) if S_ISREG(found.st_mode) else None


@lru_cache(maxsize=64)
def _read(path: str, _changed: int) -> Asset:
    plain = Path(path).read_bytes()
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return Asset(plain, gzip.compress(plain, 9, mtime=0), media_type + charset, sha256(plain).hexdigest()[:12])
