"""Wrong usage in one line that says what is wrong and what to do, exit 2; click's own would be four in English."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from click.types import IntParamType

from portal.commands.telling import Refused


class Misused(Refused):
    """Exit 2 with this one line on stderr."""

    exit_code = 2


class Command(click.Command):
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _in_one_line(f"{parent.command_path if parent else ''} {info_name or ''}".strip()):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _in_one_line(ctx.command_path):
            return super().invoke(ctx)


class Group(Command, click.Group):
    command_class = Command


@contextmanager
def _in_one_line(path: str) -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as wrong:
        words = next(words for kind, words in WORDS if isinstance(wrong, kind))
        raise Misused(f"{words(wrong)}。怎么写，看 {path} --help") from wrong


def _name(wrong: click.BadParameter) -> str:
    """--term, or FILE."""
    if wrong.param is None:
        return ""
    return wrong.param.human_readable_name if isinstance(wrong.param, click.Argument) else wrong.param.opts[0]


def _expected(wrong: click.BadParameter) -> str:
    """By the kind of value; a callback of ours has said it already."""
    kind = wrong.param.type if wrong.param else None
    if isinstance(kind, click.Choice):
        return f"只能写 {'、'.join(kind.choices)}"
    if isinstance(kind, click.IntRange):
        return f"要写 {kind.min} 到 {kind.max} 的整数"
    if isinstance(kind, IntParamType):
        return "要写整数"
    if isinstance(kind, click.DateTime):
        return "要写成 2026-09-07"
    return wrong.message


TOO_MANY = "Got unexpected extra argument"
"""So click begins the one sentence of its own that has no kind; what was written may stand in it."""
WORDS: tuple[tuple[type[click.UsageError], Callable[[Any], str]], ...] = (
    # read from the top: the first kind that fits; what we say ourselves is in Chinese already
    (click.exceptions.NoSuchCommand, lambda wrong: f"没有 {wrong.command_name} 这条命令"),
    (click.NoSuchOption, lambda wrong: f"没有 {wrong.option_name} 这个选项"),
    (click.BadOptionUsage, lambda wrong: f"选项 {wrong.option_name} 写得不对：该带内容的没有带，或者不该带的带了"),
    (click.MissingParameter, lambda wrong: f"没有写 {_name(wrong)}"),
    (click.BadParameter, lambda wrong: f"{_name(wrong)} {_expected(wrong)}"),
    (click.UsageError, lambda wrong: "命令末尾多写了内容" if wrong.message.startswith(TOO_MANY) else wrong.message),
)
