"""A TOML table read key by key: every refusal says file, place, key and what belongs there."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

Code = TypeVar("Code", bound=StrEnum)


class CatalogueError(ValueError):
    """A policy file cannot be used as it stands."""


class Table:
    """A TOML table that remembers where it stands and which keys were asked for, so that a misspelt key is refused."""

    def __init__(self, data: Mapping[str, Any], where: str) -> None:
        self.data = data
        self.where = where
        self.asked: set[str] = set()

    def wrong(self, what: str) -> CatalogueError:
        return CatalogueError(f"{self.where}：{what}")

    def find(self, key: str, kind: type | tuple[type, ...], words: str) -> Any:
        self.asked.add(key)
        value = self.data.get(key)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise self.wrong(f"{key} 应是{words}")
        return value

    def need(self, key: str, kind: type | tuple[type, ...], words: str) -> Any:
        value = self.find(key, kind, words)
        if value is None or value == "" or value == []:
            raise self.wrong(f"缺少 {key}（{words}）")
        return value

    def text(self, key: str) -> str:
        return str(self.need(key, str, "文字"))

    def maybe_text(self, key: str) -> str | None:
        value: str | None = self.find(key, str, "文字")
        return value

    def yuan(self, key: str) -> int | None:
        value: int | None = self.find(key, int, "整数元")
        if value is not None and value <= 0:
            raise self.wrong(f"{key} 应大于 0")
        return value

    def day(self, key: str) -> date:
        return self._day(self.need(key, date, "日期"), key)

    def maybe_day(self, key: str) -> date | None:
        value = self.find(key, date, "日期")
        return None if value is None else self._day(value, key)

    def _day(self, value: date, key: str) -> date:
        if isinstance(value, datetime):
            raise self.wrong(f"{key} 只写日期，不写时刻")
        return value

    def member(self, key: str, kind: type[Code]) -> Code:
        return self.code(self.text(key), key, kind)

    def maybe_member(self, key: str, kind: type[Code]) -> Code | None:
        value = self.maybe_text(key)
        return None if value is None else self.code(value, key, kind)

    def code(self, value: str, key: str, kind: type[Code]) -> Code:
        try:
            return kind(value)
        except ValueError:
            raise self.wrong(f"{key} 写的是“{value}”，只能是 {'、'.join(kind)}") from None

    def tables(self, key: str, name: str) -> list["Table"]:
        rows = self.find(key, list, "一组表") or []
        return [Table(row, f"{self.where}，第{number}个{name}") for number, row in enumerate(rows, 1)]

    def table(self, key: str) -> "Table":
        return Table(self.need(key, dict, "一个表"), f"{self.where}，{key}")

    def close(self) -> None:
        strange = self.data.keys() - self.asked
        if strange:
            raise self.wrong(f"有不认识的项 {'、'.join(sorted(strange))}")


def open_table(path: Path) -> Table:
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise CatalogueError(f"{path.name}：不是合格的 TOML（{problem}）") from problem
