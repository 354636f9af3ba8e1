"""Addresses in templates, each worked out once: a list of fifty rows asks for a hundred of them."""

from collections.abc import Hashable
from functools import lru_cache
from time import monotonic

from flask import Flask, request

REMEMBERED = 4096
FILES = 64
Value = Hashable


def write_on(app: Flask) -> None:
    """``url_for`` of templates; what it writes depends on where the portal is mounted and on nothing else asked for."""

    @lru_cache(maxsize=REMEMBERED)
    def written(_mounted_at: str, endpoint: str, values: tuple[tuple[str, Value], ...]) -> str:
        return app.url_for(endpoint, **dict(values))  # type: ignore[arg-type]

    @lru_cache(maxsize=FILES)
    def written_this_second(_second: int, _mounted_at: str, filename: str) -> str:
        return app.url_for("static", filename=filename)  # which changes with the file

    def address(endpoint: str, **values: Value) -> str:
        if endpoint == "static":
            return written_this_second(int(monotonic()), request.script_root, str(values["filename"]))
        try:
            return written(request.script_root, endpoint, tuple(values.items()))
        except TypeError:  # a list among the values: nothing to find it again by
            return app.url_for(endpoint, **values)  # type: ignore[arg-type]

    app.jinja_env.globals["url_for"] = address
