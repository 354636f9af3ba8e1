"""Whether a process may begin to work: the tables are the ones this release knows, the keys those of the data."""

from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.models import KeyCheck
from portal.models.sealed import keyring

MIGRATIONS = Path(__file__).parent.parent / "migrations"


class NotReady(RuntimeError):
    """One sentence that says what is missing and what to do."""


def require_ready(session: Session) -> None:
    """Raise NotReady or KeyProblem before anything is read or written. New keys are noted; the caller commits."""
    require_tables(session)
    kept = {check.key_id: check.fingerprint for check in session.scalars(select(KeyCheck))}
    keyring().require(kept)
    for key_id, fingerprint in keyring().fingerprint().items():
        session.execute(insert(KeyCheck).values(key_id=key_id, fingerprint=fingerprint).on_conflict_do_nothing())


def require_tables(session: Session) -> None:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    try:
        stands = session.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:
        session.rollback()
        stands = None
    if stands != head:
        raise NotReady(f"数据库的表结构是 {stands or '空的'}，这一版需要 {head}：请先运行 flask db upgrade")
