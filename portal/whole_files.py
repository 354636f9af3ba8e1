"""A file is written whole or not at all: nobody finds half a list of pupils where a list is looked for."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """The name to write to, not there yet; it takes the place of ``out`` unless something was raised."""
    unfinished = out.with_name(f".{out.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        unfinished.replace(out)
    finally:
        with suppress(OSError):
            unfinished.unlink()
