"""困难群体名单 are kept: sealed fields and blind indexes an entry, beside every batch that came before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.clock import local
from portal.intake.copying import id_by_time, put_rows
from portal.intake.findings import Findings
from portal.intake.fitting import Fitting
from portal.intake.meeting import COLUMNS as MEETING
from portal.intake.meeting import meeting_indexes, sought_digests
from portal.intake.progress import Progress
from portal.intake.receive import category_codes
from portal.intake.registers import RegisterLine, read_register
from portal.intake.spreadsheet import Table
from portal.matching.people import RegisterPerson
from portal.models import Intake, RegisterEntry, SoughtKey

COLUMNS = (
    "id",
    "intake_id",
    "register_row",
    "source",
    "category_sealed",
    "name_sealed",
    "id_number_sealed",
    "id_number_index",
    "id_certain",
    *MEETING,
    "household_sealed",
    "household_index",
    "county_code",
    "relation",
    "valid_from",
    "valid_to",
    "valid_to_unreadable",
)
_LONGEST_ROW_NAME = 20


@dataclass(slots=True)
class _Key:
    """What sealing binds a value to."""

    id: UUID


class _Sought:
    """Gathered while entries are written; few have any."""

    def __init__(self, day: date) -> None:
        self.rows: list[tuple[UUID, bytes]] = []
        self._day = day

    def note(self, entry_id: UUID, line: RegisterLine) -> None:
        if not line.id_certain:
            person = RegisterPerson(str(entry_id), line.name, line.id_no or "", county=line.county)
            self.rows += ((entry_id, key) for key in sought_digests(person, self._day))


def keep_register(session: Session, intake: Intake, table: Table, now: datetime, progress: Progress) -> Findings:
    """Every good row becomes an entry of this intake; rows with an unknown category are refused one by one."""
    progress.step("逐行核对")
    register = read_register(
        table,
        category_codes=category_codes(session),
        default_category=intake.category or None,
        day=local(now).date(),
    )
    progress.step("加密并存入")
    fitting, sought = Fitting(), _Sought(local(now).date())
    put_rows(session, RegisterEntry, COLUMNS, _rows(intake.id, register.lines, fitting, sought, progress))
    put_rows(session, SoughtKey, ("entry_id", "key"), sought.rows)
    return Findings(
        rows=register.rows,
        kept=len(register.lines),
        repaired=tuple(register.repaired),
        problems=tuple(sorted([*register.problems, *fitting.problems], key=lambda problem: problem.row)),
        dropped=register.dropped,
        read=register.read,
    )


def _rows(
    intake_id: UUID, lines: list[RegisterLine], fitting: Fitting, sought: _Sought, progress: Progress
) -> Iterator[tuple[Any, ...]]:
    category, name = RegisterEntry.category.seal, RegisterEntry.name.seal
    number, household = RegisterEntry.id_number, RegisterEntry.household
    own_rows = len({line.serial for line in lines if line.serial}) == len(lines)
    for done, line in enumerate(lines, 1):
        key = _Key(id_by_time())
        sought.note(key.id, line)
        own = line.serial if own_rows and len(line.serial) <= _LONGEST_ROW_NAME else ""
        yield (
            key.id,
            intake_id,
            own or str(line.row),
            fitting.fit(line.row, "数据来源", line.source, 60),
            category(key, line.category),
            name(key, line.name),
            number.seal(key, line.id_no),
            number.digest(line.id_no),
            line.id_certain,
            *meeting_indexes(line.name, line.id_no, None, line.county),
            household.seal(key, line.household_id),
            household.digest(line.household_id),
            fitting.fit(line.row, "县区代码", line.county, 12),
            fitting.fit(line.row, "与户主关系", line.relation, 20),
            line.valid_from,
            line.valid_to,
            line.valid_to_unreadable,
        )
        progress.done = done
