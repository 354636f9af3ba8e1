"""A file is written whole or not at all: nobody finds half a list of pupils where a list is looked for."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from os import getpid, kill
from pathlib import Path


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """The name to write to, not there yet; it takes the place of ``out`` unless something was raised.

    The name is this process's own; what one that was killed left behind of ``out`` goes.
    """
    for left in out.parent.glob(f".{escape(out.name)}.*.unfinished"):
        if not _runs_elsewhere(left.suffixes[-2]):
            left.unlink(missing_ok=True)
    unfinished = out.with_name(f".{out.name}.{getpid()}.unfinished")
    try:
        yield unfinished
        unfinished.replace(out)
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _runs_elsewhere(process: str) -> bool:
    """``process`` as the name of its draft has it, ``.4711``."""
    number = process.removeprefix(".")
    if not number.isdecimal() or int(number) == getpid():
        return False
    try:
        kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
