"""报送: what a bureau's file holds is seen before it counts; what was not agreed is never stored (N5-4, J12f)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local
from portal.database import lock
from portal.intake import door
from portal.intake.findings import Findings, as_text
from portal.intake.problems import UnreadableFile
from portal.intake.progress import Progress, Sessions, TakenOver, silent
from portal.intake.receive import CONTENT, actor_of, category_codes, limits_of
from portal.intake.registers import read_register
from portal.intake.spreadsheet import Table, read_table
from portal.intake.work_off import ENDED_BADLY, refuse
from portal.models import Intake
from portal.models.sealed import keyring
from portal.vocabulary import IntakeState

UNCONFIRMED_KEPT = timedelta(days=1)


class NotDelivered(ValueError):
    """One sentence: why this file cannot be confirmed or dropped."""


def look_over(sessions: Sessions, intake_id: UUID, data: bytes, now: datetime) -> None:
    """Read a register in hand: it waits for the word of who brought it, or is refused with a sentence."""
    with sessions.begin() as session:
        intake = session.get_one(Intake, intake_id)
        until, file_name, limits = intake.working_until, intake.file_name, limits_of(intake)
    if until is None:
        return
    try:
        with Progress(sessions, intake_id, until, silent) as progress:
            table = door.emptied(read_table(data, file_name, limits))
            progress.rows = len(table.lines)
            with sessions.begin() as session:
                _hold(session, session.get_one(Intake, intake_id), table, now, progress)
    except TakenOver:
        return
    except UnreadableFile as problem:
        refuse(sessions, intake_id, now, str(problem))
    except Exception:
        refuse(sessions, intake_id, now, ENDED_BADLY)
        raise


def _hold(session: Session, intake: Intake, table: Table, now: datetime, progress: Progress) -> None:
    written = door.as_text(table)
    read = read_register(
        table,
        category_codes=category_codes(session),
        default_category=intake.category or None,
        day=local(now).date(),
    )
    findings = Findings(
        rows=read.rows,
        kept=len(read.lines),
        repaired=tuple(read.repaired),
        problems=tuple(read.problems),
        dropped=read.dropped,
        read=read.read,
    )
    content = keyring().seal(written, CONTENT, intake.id)
    progress.stop()
    mine = update(Intake).where(Intake.id == intake.id, Intake.working_until == progress.until)
    held = mine.values(
        state=IntakeState.CHECKED,
        rows=read.rows,
        content=content,
        findings_sealed=Intake.findings.seal(intake, as_text(findings)),
        working_until=None,
    )
    if session.scalar(held.returning(Intake.id)) is None:
        raise TakenOver


def confirm(session: Session, intake: Intake, now: datetime) -> None:
    """The word that it counts; said twice it is said once. From here on it is read like any other file."""
    lock(session, intake)
    if intake.state in (IntakeState.WAITING, IntakeState.READING, IntakeState.KEPT):
        return
    if intake.state is not IntakeState.CHECKED:
        raise NotDelivered(f"这份名单{intake.state.label}，不能再确认：请重新报送")
    intake.state, intake.arrived_at = IntakeState.WAITING, now


def drop(session: Session, intake: Intake, by: str) -> None:
    """放弃: nothing of the file remains but the word that it was there."""
    lock(session, intake)
    if intake.state is not IntakeState.CHECKED:
        raise NotDelivered(f"这份名单{intake.state.label}，不能放弃；已经报送的可以撤回")
    audit.record(
        session, by, "delivery_dropped", unit_id=intake.unit_id, occasion=intake.occasion,
        sha256=intake.digest.hex(), rows=intake.rows,
    )  # fmt: skip
    session.delete(intake)


def drop_unconfirmed(session: Session, now: datetime) -> int:
    """What nobody confirmed within a day is dropped; how many."""
    old = select(Intake).where(Intake.state == IntakeState.CHECKED, Intake.arrived_at < now - UNCONFIRMED_KEPT)
    forgotten = list(session.scalars(old))
    for intake in forgotten:
        drop(session, intake, actor_of(session, intake))
    return len(forgotten)
