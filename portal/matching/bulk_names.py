"""How names sound, each writing once: equal numbers for whatever ``sound_key`` calls equal."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from hashlib import blake2b

from portal.matching.tables import Tables
from portal.privacy.name_likeness import sound_key
from portal.privacy.names import damaged

COMMON = range(0x4E00, 0xA000)
"""The characters that names are made of but for the rare ones, which Python hears one by one."""
PLACES = range(1, 5)
"""Longer names are heard by Python too."""
_BITS = 12
_OTHERS = 1 << 62
_PLAIN = " AND ".join(["marks BETWEEN 2 AND 4", *(f"(s{place} IS NOT NULL OR marks < {place})" for place in PLACES)])
_SHIFTED = " + ".join(f"coalesce(s{place}, 0) * {1 << (_BITS * (place - 1))}" for place in PLACES)


def hear_names(tables: Tables) -> None:
    """``heard`` (name, heard) of every pupil's and entry's name as it is written; NULL where one is damaged."""
    marks = ", ".join(f"unicode(substr(plain, {place}, 1)) AS mark_{place}" for place in PLACES)
    tables.keep(
        "written_names",
        f"""
        SELECT name, length(plain) AS marks, {marks} FROM (
            SELECT name, replace(replace(name, ' ', ''), '　', '') AS plain FROM (
                SELECT DISTINCT name FROM (
                    SELECT name FROM roster WHERE name <> ''
                    UNION ALL SELECT former_name AS name FROM roster WHERE former_name <> ''
                    UNION ALL SELECT name FROM register WHERE name <> ''
                )
            )
        )
        """,
    )
    sounds = _make_marks(tables)
    joins = " ".join(
        f"LEFT JOIN (SELECT mark, sound AS s{place} FROM marks) m{place} ON m{place}.mark = mark_{place}"
        for place in PLACES
    )
    tables.keep("voices", f"SELECT name, CASE WHEN {_PLAIN} THEN {_SHIFTED} END AS heard FROM written_names {joins}")
    odd = tables.rows("SELECT name FROM voices WHERE heard IS NULL")
    singly = [(name, None if damaged(name) else _number(sound_key(name), sounds)) for (name,) in odd]
    tables.make("heard_singly", {"name": "VARCHAR", "heard": "BIGINT"}, singly)
    tables.view(
        "heard",
        "SELECT name, heard FROM voices WHERE heard IS NOT NULL UNION ALL SELECT name, heard FROM heard_singly",
    )


def _make_marks(tables: Tables) -> dict[str, int]:
    """``marks`` (mark, sound): the characters that occur, and a number for each sound."""
    occurring = " UNION ".join(f"SELECT mark_{place} AS mark FROM written_names" for place in PLACES)
    marks = [mark for (mark,) in tables.rows(occurring) if mark in COMMON]
    heard = {mark: sound for mark in marks if (sound := sound_key(chr(mark)).strip())}
    sounds = {sound: number for number, sound in enumerate(sorted(set(heard.values())), start=1)}
    rows = [(mark, sounds[sound]) for mark, sound in heard.items()]
    tables.make("marks", {"mark": "INTEGER", "sound": "BIGINT"}, rows)
    return sounds


def _number(key: str, sounds: dict[str, int]) -> int:
    """As the join makes it of a plain name, so that 王小雨(大) meets 王小雨."""
    parts = [sounds.get(part) for part in key.split(" ")[:-1]]
    if key.endswith(" ") and len(parts) <= len(PLACES) and all(parts):
        return sum((part or 0) << (_BITS * place) for place, part in enumerate(parts))
    return _OTHERS | int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=7).digest())
