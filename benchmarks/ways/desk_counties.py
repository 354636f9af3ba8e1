"""A county sixteen times more, in bulk: every row copied under ids of its own, sealed anew, into counties beside it.

What is sealed is opened once and sealed for each copy, because a sealed value knows its row. Digests are not made anew
but changed alike within a county: they are only ever compared, and no two counties may share a person or a number.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import LargeBinary, Uuid, select
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.database import db, libpq, metadata, owner_url
from portal.models import (
    Award,
    Confirmation,
    ContactRecord,
    ContactTask,
    EnrolmentRecord,
    Entitlement,
    EntitlementChange,
    Guardian,
    Intake,
    MatchPair,
    MatchRun,
    Message,
    MessagePupil,
    Pupil,
    SchoolClass,
    Slip,
    Unit,
)
from portal.models.base import Base
from portal.models.sealed import Sealed, keyring
from portal.settings import read_settings

COUNTY = "329901"
COPIES = tuple(range(3, 19))
"""329903 … 329918, which no place has."""
COPIED = (
    Pupil, Guardian, EnrolmentRecord, Intake, MatchRun, MatchPair, Entitlement, EntitlementChange, Award, Confirmation,
    ContactRecord, ContactTask, Message, MessagePupil, Slip, SchoolClass,
)  # fmt: skip
TOGETHER = 5_000
"""Rows that are opened at a time."""
TABLES = {model.__tablename__ for model in (Unit, *COPIED)}

Change = Callable[[Any, UUID, UUID, int], Any]
"""A value for the copy of a row: value, the row's id, the copy's id, which copy."""


def moved(value: UUID, copy: int) -> UUID:
    return UUID(bytes=hashlib.md5(value.bytes + bytes([copy]), usedforsecurity=False).digest())


def units(session: Session) -> list[Unit]:
    """The county's, with one of each for every copy added."""
    county = session.scalars(select(Unit).where(Unit.code == COUNTY)).one()
    found = list(session.scalars(select(Unit).where(Unit.path.startswith(county.path)).order_by(Unit.path)))
    for copy in COPIES:
        code = f"3299{copy:02d}"
        for unit in found:
            values = {column.key: getattr(unit, column.key) for column in Unit.__table__.columns}
            values |= {
                "id": moved(unit.id, copy),
                "parent_id": unit.parent_id if unit is county else unit.parent_id and moved(unit.parent_id, copy),
                "code": unit.code.replace(COUNTY, code),
                "path": unit.path.replace(COUNTY, code),
                "name": unit.name.replace("示例县", f"示例{copy}县"),
            }
            session.add(Unit(**values))
            session.flush()
    session.commit()
    return found


def change_of(model: type[Base], name: str) -> Change:
    column = model.__table__.columns[name]
    sealed = {one.column: one for one in vars(model).values() if isinstance(one, Sealed)}
    if name in sealed:
        return reseal(sealed[name].place)
    if name == "receipt":
        return lambda value, _old, _new, copy: f"{copy:02d}{value}"
    targets = {key.column.table.name for key in column.foreign_keys}
    if (
        isinstance(column.type, Uuid)
        and (column.primary_key or name == "school_id" or targets & TABLES)
        and name != "intake_id"
    ):
        return lambda value, _old, _new, copy: value and moved(value, copy)
    if isinstance(column.type, LargeBinary) and (name.endswith("_index") or name == "person"):
        return lambda value, _old, _new, copy: value and value[:-1] + bytes([value[-1] ^ copy])
    return lambda value, _old, _new, _copy: value


def reseal(place: str) -> Change:
    ring = keyring()
    opened = lru_cache(TOGETHER)(lambda value, old: ring.open(value, place, old))
    return lambda value, old, new, _copy: None if value is None else ring.seal(opened(value, old), place, new)


def copies(model: type[Base], names: list[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """So many rows for one county, then for the next: a county's rows lie beside each other, as rosters bring them."""
    changes, key = [change_of(model, name) for name in names], names.index("id" if "id" in names else "message_id")
    while together := list(islice(rows, TOGETHER)):
        for copy, row in product(COPIES, together):
            old: UUID = row[key]
            new = moved(old, copy)
            yield [change(value, old, new, copy) for change, value in zip(changes, row, strict=True)]


def put(
    reading: psycopg.Connection[Any], writing: psycopg.Connection[Any], model: type[Base], owners: list[UUID]
) -> int:
    table = model.__tablename__
    names = [column.name for column in model.__table__.columns if column.identity is None and column.computed is None]
    owner = "school_id" if "school_id" in names else "unit_id"
    put = 0
    with reading.cursor(name=f"of_{table}", binary=True) as source, writing.cursor() as target:
        source.itersize = TOGETHER
        source.execute(f"SELECT {', '.join(names)} FROM {table} WHERE {owner} = ANY(%s)", [owners])
        target.execute(f"SELECT {', '.join(names)} FROM {table} LIMIT 0")
        types = [column.type_code for column in target.description or ()]
        with target.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT binary)") as stream:
            stream.set_types(types)
            for values in copies(model, names, iter(source)):
                stream.write_row(values)
                put += 1
    return put


if __name__ == "__main__":
    settings = read_settings({"PORTAL_INSTANCE": sys.argv[1], "PORTAL_LOG_LEVEL": "WARNING"})
    with create_app(settings).app_context():
        owners = [unit.id for unit in units(db.session())]
        address = libpq(owner_url(settings))
        with psycopg.connect(address) as reading, psycopg.connect(address) as writing:
            for table in metadata.sorted_tables:
                for model in COPIED:
                    if model.__tablename__ == table.name:
                        print(table.name, put(reading, writing, model, owners), file=sys.stderr, flush=True)
            writing.commit()
        with psycopg.connect(address, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")
