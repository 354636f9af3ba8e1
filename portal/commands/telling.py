"""How a command speaks: one JSON object or a summary on stdout, steps on stderr, one line and exit 1 for a no."""

import errno
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from time import perf_counter
from typing import IO, Any, ParamSpec, TypeVar

import click

from portal.whole_files import written_whole

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
PATIENCE = 1.0  # seconds
_USUAL = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "已经有这个文件",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EACCES: "没有权限",
    errno.EROFS: "磁盘只能读",
    errno.ENOSPC: "磁盘已满",
}


class Refused(click.ClickException):
    """Exit 1 with this one line on stderr."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(" ".join(self.message.split()), file=file or sys.stderr)


def refusing(*problems: type[Exception]) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """Below a command: these errors' text is already the one line that says why and what to do."""

    def wrapped(command: Callable[Given, Answer]) -> Callable[Given, Answer]:
        @wraps(command)
        def answer(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
            try:
                return command(*args, **kwargs)
            except problems as problem:
                raise Refused(str(problem)) from problem

        return answer

    return wrapped


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise Refused(f"读不了文件 {path}（{why(problem)}）：请检查路径和权限") from problem


@contextmanager
def written_or_refused(out: Path) -> Iterator[Path]:
    with writing(out), written_whole(out) as unfinished:
        yield unfinished


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Around what writes ``out`` whole by itself."""
    try:
        yield
    except OSError as problem:
        raise Refused(f"写不了文件 {out}（{why(problem)}）：请检查文件夹和权限") from problem


def why(problem: OSError) -> str:
    """The system's own word where it is none of the usual."""
    return _USUAL.get(problem.errno or 0) or problem.strerror or type(problem).__name__


class Steps:
    """Says each step on stderr when it is over, with its seconds.

    Those of the first second wait for it to pass, so that a refusal at once is one line alone.
    """

    def __init__(self) -> None:
        self._words = ""
        self._waiting: list[str] = []
        self._began = self._first = perf_counter()

    def __call__(self, words: str) -> None:
        """The next step begins; the same words again are the same step."""
        if words == self._words:
            return
        self._end()
        self._words, self._began = words, perf_counter()
        if self._began - self._first > PATIENCE:
            self._say()

    def finish(self) -> None:
        self._end()
        self._waiting.append(f"共 {perf_counter() - self._first:.2f} 秒")
        self._say()

    def _end(self) -> None:
        if self._words:
            self._waiting.append(f"{self._words}　{perf_counter() - self._began:.2f} 秒")
        self._words = ""

    def _say(self) -> None:
        for line in self._waiting:
            click.echo(line, err=True)
        self._waiting.clear()


def tell(as_json: bool, found: dict[str, Any], summary: str) -> None:
    """Exactly one of the two, on stdout."""
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else summary)


json_option = click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一个 JSON 对象")
