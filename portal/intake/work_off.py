"""A file that waits is read and kept, all of it or nothing (R-05); left behind by a dead process, it is taken up again.

In transactions of its own (``tests/test_architecture.py`` lists who else has them, and why): others must see at once
that a file is being read and how far it is, while what it brings appears in one moment at the end.
"""

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import and_, or_, select, text, update
from sqlalchemy.orm import Session

from portal import audit
from portal.intake.door import table_of
from portal.intake.findings import Findings, as_text
from portal.intake.keep_register import keep_register
from portal.intake.keep_roster import keep_roster
from portal.intake.problems import UnreadableFile
from portal.intake.progress import LEASE, Progress, Say, Sessions, TakenOver, silent
from portal.intake.receive import CONTENT, actor_of, limits_of
from portal.intake.spreadsheet import Table, read_table
from portal.models import Intake
from portal.models.sealed import keyring
from portal.vocabulary import IntakeKind, IntakeState

PURPOSE = "student aid matching, 苏教助函〔2020〕8号"
"""Why registers and rosters may be processed at all; in every entry of the provision log (L-10)."""
WAITS_FOR_ITS_OWN = timedelta(seconds=30)
GIVEN_UP = timedelta(hours=6)
ENDED_BADLY = "导入没有完成，这次什么都没有存入：请重新导入；再失败就把文件名和时间告诉系统管理员"


class Keeper(Protocol):
    """Puts a table's good rows into the session and says what it found; one for each kind of file."""

    def __call__(
        self, session: Session, intake: Intake, table: Table, now: datetime, progress: Progress
    ) -> Findings: ...


KEEPERS: Mapping[IntakeKind, Keeper] = {IntakeKind.ROSTER: keep_roster, IntakeKind.REGISTER: keep_register}


def work_off(
    sessions: Sessions,
    intake_id: UUID,
    now: datetime,
    say: Say = silent,
    keepers: Mapping[IntakeKind, Keeper] = KEEPERS,
) -> bool:
    """Read and keep the file, or refuse it with a sentence; False when it does not wait or another has it.

    ``sessions`` must reach everything: ``sessionmaker(engine, info={"reach": EVERYTHING})``.
    """
    until = _claim(sessions, intake_id, now)
    if until is None:
        return False
    try:
        with Progress(sessions, intake_id, until, say) as progress:
            _read_and_keep(sessions, intake_id, now, progress, keepers)
    except TakenOver:
        return False
    except UnreadableFile as problem:
        refuse(sessions, intake_id, now, str(problem))
    except Exception:
        refuse(sessions, intake_id, now, ENDED_BADLY)
        raise
    return True


def resume_left_behind(sessions: Sessions, now: datetime, keepers: Mapping[IntakeKind, Keeper] = KEEPERS) -> int:
    """Take up what a killed process left; how many were taken up. What never ends, whoever reads it, is given up."""
    left = or_(
        and_(Intake.state == IntakeState.WAITING, Intake.arrived_at < now - WAITS_FOR_ITS_OWN),
        and_(Intake.state == IntakeState.READING, Intake.working_until < now),
    )
    with sessions.begin() as session:
        found = session.execute(select(Intake.id, Intake.arrived_at).where(left).order_by(Intake.arrived_at)).all()
    taken = 0
    for intake_id, arrived_at in found:
        if arrived_at < now - GIVEN_UP:
            refuse(sessions, intake_id, now, ENDED_BADLY)
        elif work_off(sessions, intake_id, now, keepers=keepers):
            taken += 1
    return taken


def _claim(sessions: Sessions, intake_id: UUID, now: datetime) -> datetime | None:
    until = now + LEASE
    free = or_(
        Intake.state == IntakeState.WAITING,
        and_(Intake.state == IntakeState.READING, Intake.working_until < now),
    )
    with sessions.begin() as session:
        claim = update(Intake).where(Intake.id == intake_id, free)
        claim = claim.values(state=IntakeState.READING, working_until=until, done=0)
        return until if session.scalar(claim.returning(Intake.id)) else None


def _read_and_keep(
    sessions: Sessions, intake_id: UUID, now: datetime, progress: Progress, keepers: Mapping[IntakeKind, Keeper]
) -> None:
    progress.step("读取文件")
    table = _table_in(sessions, intake_id)
    progress.rows = len(table.lines)
    with sessions.begin() as session:
        # A million lines are read for minutes between two statements; the lease watches over this transaction instead.
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        intake = session.get_one(Intake, intake_id)
        findings = keepers[intake.kind](session, intake, table, now, progress)
        _record(session, intake, findings)
        progress.step("提交")
        progress.stop()
        mine = update(Intake).where(
            Intake.id == intake_id, Intake.state == IntakeState.READING, Intake.working_until == progress.until
        )
        finished = session.scalar(
            mine.values(
                state=IntakeState.KEPT,
                rows=findings.rows,
                done=findings.rows,
                kept=findings.kept,
                findings_sealed=Intake.findings.seal(intake, as_text(findings)),
                content=None,
                working_until=None,
                finished_at=now + progress.lasted,  # a run of matching that began meanwhile has not seen it
            ).returning(Intake.id)
        )
        if finished is None:
            raise TakenOver


def _table_in(sessions: Sessions, intake_id: UUID) -> Table:
    with sessions.begin() as session:
        intake = session.get_one(Intake, intake_id)
        file_name, limits = intake.file_name, limits_of(intake)
        content = _opened(intake)
    return table_of(content) if isinstance(content, str) else read_table(content, file_name, limits)


def _opened(intake: Intake) -> str | bytes:
    """What passed the door is JSON; any other file is kept as base64, which has no brace."""
    sealed = intake.content
    if sealed is None:
        raise UnreadableFile("文件的内容没有留下：请重新导入")
    content = keyring().open(sealed, CONTENT, intake.id)
    return content if content.startswith("{") else b64decode(content)


def _record(session: Session, intake: Intake, findings: Findings) -> None:
    """The provision log: who gave what, how much, what for, and the hash of the file (L-10)."""
    audit.record(
        session,
        actor_of(session, intake),
        "imported",
        unit_id=intake.unit_id,
        kind=intake.kind.value,
        occasion=intake.occasion,
        intake=str(intake.id),
        sha256=intake.digest.hex(),
        rows=findings.rows,
        kept=findings.kept,
        repaired=len(findings.repaired),
        problems=len(findings.problems),
        dropped=len(findings.dropped),
        purpose=PURPOSE,
        expires_on=str(intake.expires_on or ""),
    )


def refuse(sessions: Sessions, intake_id: UUID, now: datetime, because: str) -> None:
    with sessions.begin() as session:
        intake = session.get_one(Intake, intake_id, with_for_update={"of": Intake})
        if intake.state not in (IntakeState.WAITING, IntakeState.READING):
            return
        intake.state, intake.refused_because, intake.content = IntakeState.REFUSED, because, None
        intake.working_until, intake.finished_at = None, now
        audit.record(
            session,
            actor_of(session, intake),
            "import_refused",
            unit_id=intake.unit_id,
            kind=intake.kind.value,
            occasion=intake.occasion,
            intake=str(intake.id),
            sha256=intake.digest.hex(),
        )
