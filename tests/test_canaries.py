"""Nothing personal lies about in clear: not in a dump, the server's files, logs or temporary folders."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from portal import embedded_postgres
from portal.backup import program_path
from portal.privacy.resident_id import check_digit_of
from tests.conftest import ROOT

SEVENTEEN = "32990120160305777"
NUMBER = SEVENTEEN + check_digit_of(SEVENTEEN)
GUARDIANS_NUMBER = "32990119850305888" + check_digit_of("32990119850305888")
PHONE = "19900007777"
CANARIES = ["金丝雀", "画眉鸟", NUMBER, GUARDIANS_NUMBER, PHONE, "DIBAO_EDGE", "低保边缘家庭成员", "养鸟胡同七号"]

ROSTER = f"""学籍名册
姓名,性别,身份证件号,学籍号,学校标识码,学校名称,年级,班级,监护人1关系,监护人1姓名,监护人1身份证件号,监护人1电话
金丝雀,女,{NUMBER},G{NUMBER},3299010001,示例县实验小学,四年级,(2)班,母亲,画眉鸟,{GUARDIANS_NUMBER},{PHONE}
画眉鸟,女,{NUMBER[:-1]}?,,3299010001,示例县实验小学,四年级,(2)班,母亲,画眉鸟,,{PHONE}
"""
REGISTER = f"""困难类别,姓名,身份证件号,户编号,县区代码,家庭住址
低保边缘家庭成员,金丝雀,{NUMBER},H7777,329901,养鸟胡同七号
"""
UNITS = """代码,名称,级别,上级代码,学段
32,江苏省,province,,
3299,示例市,city,32,
329901,示例县教育局,county,3299,
329901-MZ,示例县民政局,bureau,329901,
3299010001,示例县实验小学,school,329901,primary
"""
TERM, NOW = "2026-autumn", "2026-09-07T10:00:00+08:00"
OPERATOR = """
import json, sys
from flask.cli import cli
for arguments in json.loads(sys.argv[1]):
    cli.main(arguments, standalone_mode=False)
"""
KNOWN_IN_CLEAR = {"DIBAO_EDGE", "低保边缘家庭成员"}
"""The list of categories itself is public; that a child is in one is not."""


class Machine:
    """A portal of its own: embedded server, keys, temporary folder and log, all under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.log = folder / "portal.log"
        self.environment = {
            **os.environ,
            "PORTAL_INSTANCE": str(folder / "instance"),
            "TMPDIR": str(self.temporary),
            "PORTAL_LOG_LEVEL": "DEBUG",
        }
        self.environment.pop("DATABASE_URL", None)

    def flask(self, *commands: Sequence[str]) -> str:
        """One after another in one process. The operator's own terminal may quote his file; nothing else may."""
        done = subprocess.run(
            [sys.executable, "-c", OPERATOR, json.dumps(commands)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        with self.log.open("a", encoding="utf-8") as log:
            log.write(done.stderr)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


@pytest.fixture
def machine() -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="canaries-") as folder:
        machine = Machine(Path(folder))
        server = embedded_postgres.start(machine.folder / "instance" / "postgres")  # up between the commands
        yield machine
        server.stop()


def found_in(content: bytes) -> list[str]:
    spellings = {canary: [canary.encode(), canary.encode("gb18030"), canary.encode("utf-16-le")] for canary in CANARIES}
    return [canary for canary, ways in spellings.items() if any(way in content for way in ways)]


def test_a_canary_is_seen_in_every_spelling() -> None:
    text = f"姓名金丝雀，证件号{NUMBER}，电话{PHONE}"
    assert [found_in(text.encode(way)) for way in ("utf-8", "gb18030", "utf-16-le")] == [["金丝雀", NUMBER, PHONE]] * 3


def test_no_canary_in_dump_server_files_logs_or_temporary_folder(machine: Machine) -> None:
    register, roster = machine.write("register.csv", REGISTER), machine.write("roster.csv", ROSTER)
    said = machine.flask(
        ["db", "upgrade"],
        ["units", "load", machine.write("units.csv", UNITS)],
        ["registers", "import", register, "--unit", "329901-MZ", "--batch", "2026-08", "--json"],
        ["rosters", "import", roster, "--school", "3299010001", "--term", TERM, "--json"],
        ["match", "--unit", "329901", "--term", TERM, "--json"],
        ["remind", "--now", NOW, "--json"],
        ["matched", "--unit", "329901", "--term", TERM, "--out", str(machine.folder / "out.csv")],
        ["backup", str(machine.folder / "portal.dump")],
    )
    assert '"certain": 1' in said
    assert '"sent": 1' in said
    Path(register).unlink()
    Path(roster).unlink()

    dump = subprocess.run(
        [program_path("pg_restore"), "--file=-", str(machine.folder / "portal.dump")], capture_output=True, check=True
    ).stdout
    assert b"COPY public.pupil " in dump
    assert set(found_in(dump)) <= KNOWN_IN_CLEAR

    places = [path for path in machine.folder.rglob("*") if path.is_file()]
    assert any("pg_wal" in path.parts for path in places), "the server's own files are among those searched"
    leaks = {str(path): found for path in places if (found := set(found_in(path.read_bytes())) - KNOWN_IN_CLEAR)}
    assert leaks == {}
