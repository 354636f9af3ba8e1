"""How names sound, whole columns at a time: equal numbers for whatever ``sound_key`` calls equal."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from hashlib import blake2b

import pyarrow as pa

from portal.matching.bulk import FILLED, Connection, table
from portal.privacy.name_likeness import sound_key
from portal.privacy.names import damaged

COMMON = range(0x4E00, 0xA000)
"""The characters that names are made of but for the rare ones, which Python hears one by one."""
LONGEST = 4
_BITS = 12
_OTHERS = 1 << 62
_PLAIN = "length(name) BETWEEN 2 AND 4 AND s1 IS NOT NULL AND s2 IS NOT NULL AND (s3 IS NOT NULL OR length(name) < 3) "
_PLAIN += "AND (s4 IS NOT NULL OR length(name) < 4)"
_SHIFTED = " + ".join(f"(coalesce(s{place}, 0) << {_BITS * (place - 1)})" for place in range(1, LONGEST + 1))


def hear_names(con: Connection) -> None:
    """``roster_names`` and ``register_names`` (line, heard); a former name is a second line, a damaged one is NULL."""
    heard = {code: sound for code in COMMON if (sound := sound_key(chr(code)).strip())}
    sounds = {sound: number for number, sound in enumerate(sorted(set(heard.values())), start=1)}
    marks = [(code, sounds[sound]) for code, sound in heard.items()]
    table(con, "marks", {"mark": pa.int32(), "sound": pa.int64()}, marks)
    for side, columns in (("roster", ("name", "former_name")), ("register", ("name",))):
        _hear(con, side, columns, sounds)


def _hear(con: Connection, side: str, columns: tuple[str, ...], sounds: dict[str, int]) -> None:
    written = " UNION ALL ".join(
        f"SELECT CAST(line AS INTEGER) AS line, replace(replace({column}, ' ', ''), '　', '') AS name FROM {side} "
        f"WHERE {column} <> '' AND {FILLED}"
        for column in columns
    )
    joins = " ".join(
        f"LEFT JOIN (SELECT mark, sound AS s{place} FROM marks) m{place} "
        f"ON m{place}.mark = unicode(substr(name, {place}, 1))"
        for place in range(1, LONGEST + 1)
    )
    con.execute(
        f"""
        CREATE TEMP TABLE {side}_plain AS
        SELECT line, CASE WHEN {_PLAIN} THEN {_SHIFTED} END AS heard,
               CASE WHEN NOT ({_PLAIN}) THEN name END AS odd FROM ({written}) {joins}
        """
    )
    odd = con.sql(f"SELECT DISTINCT odd FROM {side}_plain WHERE odd IS NOT NULL").fetchall()
    heard = [(name, None if damaged(name) else _number(sound_key(name), sounds)) for (name,) in odd]
    table(con, f"{side}_odd_names", {"odd": None, "heard": pa.int64()}, heard)
    con.execute(
        f"""
        CREATE TEMP TABLE {side}_names AS SELECT line, heard FROM {side}_plain WHERE odd IS NULL
        UNION ALL SELECT p.line, o.heard FROM {side}_plain p JOIN {side}_odd_names o USING (odd)
        """
    )
    con.execute(f"DROP TABLE {side}_plain")


def _number(key: str, sounds: dict[str, int]) -> int:
    """As the join makes it of a plain name, so that 王小雨(大) meets 王小雨."""
    parts = [sounds.get(part) for part in key.split(" ")[:-1]]
    if key.endswith(" ") and len(parts) <= LONGEST and all(parts):
        return sum((part or 0) << (_BITS * place) for place, part in enumerate(parts))
    return _OTHERS | int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=7).digest())
