"""A backup brings everything back, readable only with the keys that were kept apart from it."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from portal.access.slips import issue_slips
from portal.backup import BackupProblem, dump, restore
from portal.database import EVERYTHING, set_reach
from portal.models import Pupil
from tests.builders import A_MONDAY, a_pupil
from tests.conftest import Databases


@pytest.fixture
def backed_up(app: Flask, session: Session, tmp_path: Path) -> Path:
    child = a_pupil(session)
    issue_slips(session, [child], A_MONDAY)
    session.commit()
    file = tmp_path / "portal.dump"
    dump(app.extensions["settings"].database_owner_url, file)
    return file


def test_what_was_backed_up_is_there_again_with_its_reach_and_seals(
    databases: Databases, database: str, backed_up: Path
) -> None:
    elsewhere = f"{database}_restored"
    databases.server.create_database(elsewhere)
    restore(databases.server.url_for(elsewhere, "portal_owner"), backed_up)
    engine = create_engine(databases.settings(elsewhere).database_url)
    with Session(engine) as session:
        assert session.query(Pupil).count() == 0  # row-level security came along
        set_reach(session, EVERYTHING)
        assert [pupil.name for pupil in session.query(Pupil)] == ["王小雨"]
        with pytest.raises(Exception, match="permission denied"):
            session.execute(text("DELETE FROM audit_entry"))
    engine.dispose()


def test_a_backup_is_for_its_owner_only(backed_up: Path) -> None:
    assert backed_up.stat().st_mode & 0o077 == 0


def test_the_password_of_the_database_is_in_no_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spy, said = tmp_path / "pg_dump", tmp_path / "said"
    spy.write_text(f'#!/bin/sh\necho "$PGPASSWORD" "$@" > {said}\n', encoding="utf-8")
    spy.chmod(0o700)
    monkeypatch.setattr("portal.backup.program_path", lambda program: tmp_path / program)
    dump("postgresql+psycopg://owner:se%40cret@db.example/portal", tmp_path / "portal.dump")
    password, *arguments = said.read_text(encoding="utf-8").split()
    assert (password, "host=db.example" in arguments, "cret" in "".join(arguments)) == ("se@cret", True, False)


def test_a_database_with_data_is_never_overwritten(app: Flask, backed_up: Path) -> None:
    with pytest.raises(BackupProblem, match="空的数据库"):
        restore(app.extensions["settings"].database_owner_url, backed_up)


def test_an_older_backup_is_never_overwritten(app: Flask, backed_up: Path) -> None:
    with pytest.raises(BackupProblem, match="已经存在"):
        dump(app.extensions["settings"].database_owner_url, backed_up)
