import csv
import json
import os
import signal
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from flask import Flask
from python_calamine import load_workbook
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.commands import COMMANDS
from portal.models import Intake, Pupil, RegisterEntry, StaffMember
from portal.privacy.sealing import Keyring
from portal.vocabulary import IntakeState
from tests.builders import TERM, a_bureau, a_county, a_pupil, a_school, an_entry
from tests.commands import answer, flask, refusal
from tests.conftest import Databases
from tests.county import CountyFiles, write_county
from tests.intake.files import CHEN_MING, XIAOYU, ZHOU_XIAO, xlsx
from tests.outreach.kannel import wait_for

ROOT = Path(__file__).parent.parent
OTHERS = 30_000  # put in for long enough to be killed meanwhile
ROWS_ARE_GOING_IN = text(
    "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database AND datname = current_database() "
    "WHERE relation = 'register_entry'::regclass AND mode = 'RowExclusiveLock'"
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMMANDS_OF_FLASK = PROJECT["entry-points"]["flask.commands"]
STANDING_IDLE = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction' "
    "AND pid <> pg_backend_pid()"
)
SLOW_TO_LOAD = {"sqlalchemy", "psycopg", "pyarrow", "numpy", "portal.models", "portal.policies", "portal.blueprints"}
HEADINGS = ["学籍行号", "姓名", "学校标识码", "类别", "依据", "规则", "结论"]


@pytest.fixture
def county(tmp_path: Path) -> CountyFiles:
    return write_county(tmp_path)


def bring_in(app: Flask, county: CountyFiles) -> None:
    answer(app, "units", "load", county.units)
    answer(app, "registers", "import", county.register, "--unit", "329901-MZ", "--batch", "2026-08")
    answer(app, "rosters", "import", county.roster, "--unit", "329901", "--term", TERM)


def test_a_county_goes_from_files_to_matches_list_and_ledger(app: Flask, county: CountyFiles, tmp_path: Path) -> None:
    bring_in(app, county)

    made = answer(app, "match", "--unit", "329901", "--term", TERM)

    run_id = made.pop("run_id")
    assert run_id
    assert made == {"pupils": 2000, "certain": 150, "possible": 40, "household": 60, "unmatched": 1750}
    out = tmp_path / "matched.csv"
    assert answer(app, "matched", "--unit", "329901", "--term", TERM, "--out", out) == {"lines": 250}
    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == HEADINGS
    assert ["8", "吴*伟", "3299010001", "DIBAO", "本人", "number_name", "certain"] in rows
    ledger = answer(app, "ledger", "--unit", "329901", "--term", TERM)
    assert (ledger["rows"], ledger["by_state"], ledger["open_without_next_step"]) == (150, {"matched": 150}, 0)
    assert ledger["gap_yuan"] > 0


def test_the_same_files_twice_change_nothing(app: Flask, session: Session, county: CountyFiles) -> None:
    bring_in(app, county)
    ask = ("registers", "import", county.register, "--unit", "329901-MZ", "--batch", "2026-08")
    first = answer(app, *ask)
    runs = [answer(app, "match", "--unit", "329901", "--term", TERM) for _ in range(2)]

    assert answer(app, *ask) == first
    assert "没有再导入一次" in flask(app, *ask).stderr
    assert runs[0] | {"run_id": ""} == runs[1] | {"run_id": ""}
    assert session.scalar(select(func.count()).select_from(RegisterEntry)) == first["kept"]


def test_a_list_brought_in_beside_another_does_not_take_its_place_afterwards_unseen(
    app: Flask, county: CountyFiles
) -> None:
    bring_in(app, county)
    lines = county.register.read_text(encoding="utf-8-sig").splitlines()
    county.register.write_text("\n".join([lines[0], *lines[2:]]), encoding="utf-8")
    again = ("registers", "import", county.register, "--unit", "329901-MZ", "--batch", "2026-08")
    answer(app, *again)
    assert "请先在“名单”页面撤回它们" in refusal(app, *again, "--replace")


def test_a_corrected_register_takes_the_place_of_the_earlier_one(app: Flask, county: CountyFiles) -> None:
    bring_in(app, county)
    lines = county.register.read_text(encoding="utf-8-sig").splitlines()
    county.register.write_text("\n".join([lines[0], *lines[2:]]), encoding="utf-8")
    told = answer(app, "registers", "import", county.register, "--unit", "329901-MZ", "--batch", "2026-08", "--replace")

    assert set(told) == {"rows", "kept", "repaired", "problems", "import_id"}
    assert answer(app, "match", "--unit", "329901", "--term", TERM)["certain"] == county.certain - 1


@pytest.mark.parametrize("work", ["portal.commands.intake.work_off", "portal.commands.matching.work_on"])
def test_no_transaction_stands_idle_while_a_command_works_for_minutes(
    app: Flask, session: Session, county: CountyFiles, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    idle: list[int] = []
    does = resolve_name(work)

    def watched(*arguments: Any) -> Any:
        with session.get_bind().connect() as another:
            idle.append(another.execute(STANDING_IDLE).scalar_one())
        return does(*arguments)

    monkeypatch.setattr(work, watched)
    bring_in(app, county)
    answer(app, "match", "--unit", "329901", "--term", TERM)

    assert idle
    assert set(idle) == {0}


def test_gb18030_is_as_good(app: Flask, tmp_path: Path) -> None:
    bring_in(app, write_county(tmp_path, encoding="gb18030", others=10))
    assert answer(app, "match", "--unit", "329901", "--term", TERM)["certain"] == 150


def test_repairs_and_problems_are_told_with_row_and_column(app: Flask, session: Session, tmp_path: Path) -> None:
    a_school(session)
    session.commit()
    roster = tmp_path / "名册.xlsx"
    numbers = [ZHOU_XIAO.lower(), "3299 0120 1211 1100 23", "329901201603050014", "329901201603050000", XIAOYU]
    people = zip(["周晓", "陈明", "甲", "乙", "王小雨"], numbers, strict=True)
    roster.write_bytes(xlsx(["示例县实验小学学生名册"], ["姓名", "身份证件号"], *people))

    told = answer(app, "rosters", "import", roster, "--school", "3299010001", "--term", TERM)

    assert (told["rows"], told["kept"]) == (5, 3)
    assert told["repaired"] == [
        {"row": 3, "column": "身份证件号", "was": ZHOU_XIAO.lower(), "now": ZHOU_XIAO},
        {"row": 4, "column": "身份证件号", "was": "3299 0120 1211 1100 23", "now": CHEN_MING},
    ]
    assert [(problem["row"], problem["column"]) for problem in told["problems"]] == [
        (5, "身份证件号"),
        (6, "身份证件号"),
    ]
    assert told["problems"][1]["problem"] == "疑似被Excel改坏（后三位变000），请把该列设为文本"
    assert set(told) == {"rows", "kept", "repaired", "problems", "import_id"}


def test_a_list_as_a_workbook_holds_text_only(app: Flask, session: Session, tmp_path: Path) -> None:
    a_pupil(session, name="=1+1")
    an_entry(session, name="=1+1")
    session.commit()
    answer(app, "match", "--unit", "329901", "--term", TERM)
    for name in ("m.xlsx", "m.csv"):
        answer(app, "matched", "--unit", "329901", "--term", TERM, "--out", tmp_path / name)

    rows = load_workbook(str(tmp_path / "m.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[0] == HEADINGS
    assert all(isinstance(cell, str) for row in rows for cell in row)
    assert "'=**1" in (tmp_path / "m.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("match", "--unit", "999999", "--term", TERM), "没有代码为 999999 的单位"),
        (("match", "--unit", "329901", "--term", "2026秋"), "应为“2026-autumn”"),
        (("match", "--unit", "329901-MZ", "--term", TERM), "是部门，没有学生"),
        (("ledger", "--unit", "329901-MZ", "--term", TERM), "是部门，没有学生"),
        (("matched", "--unit", "329901", "--term", TERM, "--out", "m.doc"), "只能写成 csv 或 xlsx"),
        (("matched", "--unit", "329901", "--term", TERM, "--out", "/no/such/m.csv"), "写不了文件 /no/such/m.csv"),
        (("matched", "--unit", "329901", "--term", TERM, "--out", "/no/such/m.xlsx"), "写不了文件 /no/such/m.xlsx"),
        (("match", "--unit", "\udcff", "--term", TERM), "没有代码为"),
        (("match", "--unit", "329901", "--term", "0000-autumn"), "应为“2026-autumn”"),
        (("match", "--unit", "329901", "--term", "２０２６-autumn"), "应为“2026-autumn”"),
        (("remind", "--now", "0001-01-01T00:00"), "年份应在 2000 到 2999 之间"),
        (("remind", "--now", "9999-12-31T23:59"), "年份应在 2000 到 2999 之间"),
        (("match-files", "没有.csv", "x.csv", "--out", "o.csv"), "找不到文件 没有.csv"),
        (("rosters", "import", "没有.csv", "--unit", "329901", "--term", TERM), "没有.csv（没有这个文件"),
        (("rosters", "import", "x.csv", "--school", "329901", "--term", TERM), "整县的名册请用 --unit 329901"),
        (("registers", "import", "x.csv", "--unit", "329901-MZ", "--batch", "八月"), "如 2026-08"),
        (("registers", "import", "x.csv", "--unit", "329901-MZ", "--batch", "2026-08"), "这个文件是空的"),
        (("units", "load", "x.csv"), "单位文件缺少"),
        (("staff", "add", "a", "--name", "张", "--role", "school_officer", "--unit", "329901"), "不能设在县级单位"),
        (("staff", "close", "nobody"), "没有账号 nobody"),
        (("evaluate", "没有.parquet", "--out", "o.parquet"), "读不了文件 没有.parquet（没有这个文件"),
        (("evaluate", "x.parquet", "--out", "o.parquet"), "读不了文件 x.parquet"),
        (("evaluate", "a.parquet", "--out", "no/o.parquet"), "写不了文件 no/o.parquet"),
        (("evaluate", "a.parquet", "--out", "."), "请给结果另起一个文件名"),
        (("evaluate", "a.parquet", "--out", "a.parquet"), "请给结果另起一个文件名"),
        (("backup", "/no/such/x.dump"), "写不了文件 /no/such/x.dump（没有这个文件或文件夹）"),
    ],
)
def test_a_refusal_is_one_line_and_exit_1(
    app: Flask,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    a_bureau(session)
    session.commit()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_bytes(b"\n")
    (tmp_path / "x.parquet").write_bytes(b"\n")
    duckdb.sql("COPY (SELECT 1 AS id) TO 'a.parquet' (FORMAT parquet)")
    assert words in refusal(app, *arguments)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("match --unit 329901", "没有写 --term。"),
        (
            "match --unit 329901 --term",
            "选项 --term 写得不对：该带内容的没有带，或者不该带的带了。",
        ),
        ("match-files a.csv", "没有写 REGISTER。"),
        ("match-files a.csv b.csv c.csv --out d.csv", "命令末尾多写了内容。"),
        ("ledger --unit 329901 --terms", "没有 --terms 这个选项。"),
        ("demo --size huge", "--size 只能写 small、town、county。"),
        ("match-files a.csv b.csv 多.csv --out d.csv", "命令末尾多写了内容。"),
        ("dispatch --threads 90", "--threads 要写 1 到 64 的整数。"),
        ("check-policies --days 多", "--days 要写整数。"),
        ("evaluate a.parquet", "parquet 的判定写到文件里：请加 --out 文件名。"),
        ("evaluate a.parquet --day 明天", "--day 要写成 2026-09-07。"),
        ("leak --since 昨天 --cause a --measures b --out c.csv", "--since 请写成 2026-09-07T10:00。"),
        ("rosters import x.csv --term 2026-autumn", "--school 和 --unit 写且只写一个。"),
        ("rosters no-such", "没有 no-such 这条命令。"),
        ("no-such", "没有 no-such 这条命令。"),
    ],
)
def test_wrong_usage_is_exit_2_and_one_line_says_what_and_what_to_do(app: Flask, line: str, words: str) -> None:
    answer = flask(app, *line.split())
    assert (answer.exit_code, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert (answer.stderr.startswith(words), answer.stderr.endswith(" --help\n")) == (True, True)


def test_without_json_a_command_says_it_in_words(app: Flask, session: Session) -> None:
    a_pupil(session)
    an_entry(session)
    session.commit()
    result = flask(app, "match", "--unit", "329901", "--term", TERM)
    assert "学生 1 人：已匹配 1，待核实 0，家庭在册 0，未匹配 0" in result.stdout
    assert "秒" in result.stderr


def test_one_tick_of_reminders_says_what_became_of_each(app: Flask, session: Session) -> None:
    a_pupil(session)
    an_entry(session)
    session.commit()
    answer(app, "match", "--unit", "329901", "--term", TERM)
    told = answer(app, "remind", "--now", "2026-09-07T10:00")
    assert told == {"planned": 1, "sent": 1, "suppressed": {}, "unknown": 0, "failed": 0}
    assert answer(app, "remind", "--now", "2026-09-07T10:01")["planned"] == 0
    assert "请写成 2026-09-07T10:00" in refusal(app, "remind", "--now", "明天")


def test_the_demonstration_is_made_once_on_an_empty_database(app: Flask) -> None:
    made = answer(app, "demo")
    assert all(account["password"] for account in made["accounts"])
    assert "库里已经有数据" in refusal(app, "demo", "--json")


def test_an_account_gets_a_random_password_that_is_told_once(app: Flask, session: Session) -> None:
    a_county(session)
    session.commit()
    add = ("staff", "add", "cnty", "--name", "李老师", "--role", "county_officer", "--unit", "329901")

    first = answer(app, *add)["password"]
    second = answer(app, "staff", "password", "cnty")["password"]

    assert first != second
    assert "账号 cnty 已经有人用了" in refusal(app, *add)
    assert answer(app, "staff", "close", "cnty") == {"account": "cnty", "active": False}
    assert not session.scalars(select(StaffMember)).one().active


def test_check_says_whether_the_portal_could_start(app: Flask) -> None:
    assert answer(app, "check") == {"ready": True}


def test_the_tables_are_brought_up_to_date_from_whatever_folder(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = flask(app, "db", "heads")
    assert result.exit_code == 0, result.stderr


def test_another_data_key_is_made_and_what_was_sealed_before_is_read(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, ring = uuid4(), Keyring.make(tmp_path / "keys", "sm4")
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], keys=tmp_path / "keys"))
    before = ring.seal("王小雨", "pupil.name", row)
    assert answer(app, "keys", "add") == {"key": 2}
    after = Keyring.load(tmp_path / "keys")
    assert after.open(before, "pupil.name", row) == "王小雨"
    assert after.fingerprint().keys() == {"0", "1", "2"}


def run_flask(settings: dict[str, str], *arguments: object, **options: Any) -> "subprocess.Popen[str]":
    """A process of its own, as an operator starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", *map(str, arguments)],
        cwd=ROOT,
        env={"PATH": os.defpath, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.fixture
def settings(app: Flask, databases: Databases, database: str) -> dict[str, str]:
    return {
        "PORTAL_INSTANCE": str(databases.instance),
        "DATABASE_URL": databases.server.url_for(database, "portal_app"),
        "DATABASE_OWNER_URL": databases.server.url_for(database, "portal_owner"),
    }


def test_an_import_killed_midway_left_nothing_and_brings_everything_when_started_again(
    app: Flask, session: Session, settings: dict[str, str], tmp_path: Path
) -> None:
    a_bureau(session)
    session.commit()
    register = write_county(tmp_path, others=OTHERS).register
    ask = ("registers", "import", register, "--unit", "329901-MZ", "--batch", "2026-08")
    process = run_flask(settings, *ask)
    wait_for(lambda: session.execute(ROWS_ARE_GOING_IN).first() is not None)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert session.scalar(select(func.count()).select_from(RegisterEntry)) == 0
    intake = session.scalars(select(Intake)).one()
    assert intake.state is IntakeState.READING
    intake.working_until = clock.now() - timedelta(seconds=1)  # its last heartbeat is over
    session.commit()

    told = answer(app, *ask)

    assert told["kept"] == told["rows"] == OTHERS + 250
    assert session.scalar(select(func.count()).select_from(RegisterEntry)) == OTHERS + 250


def test_files_are_matched_and_policies_evaluated_without_a_database(tmp_path: Path, county: CountyFiles) -> None:
    nowhere = {"PORTAL_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    out = tmp_path / "out.csv"
    match = run_flask(nowhere, "match-files", county.roster, county.register, "--out", out, "--json")
    told, said = match.communicate()
    assert match.returncode == 0 and all(step.endswith("秒") for step in said.splitlines()), said
    assert json.loads(told)["counts"] == {"certain": 150, "possible": 40, "household": 60, "household_possible": 0}
    assert out.read_text(encoding="utf-8").splitlines()[0] == "roster_row,register_row,decision,rule,because"

    question = {"id": "1", "day": "2026-09-07", "stage": "primary", "grade": 4, "categories": ["DIBAO"]}
    (tmp_path / "in.json").write_text(json.dumps([question]), encoding="utf-8")
    evaluate = run_flask(nowhere, "evaluate", tmp_path / "in.json")
    told, said = evaluate.communicate()
    assert evaluate.returncode == 0, said
    assert {finding["policy"] for finding in json.loads(told)["1"]} >= {"CMP-FREE", "CMP-LIVE"}
    assert not (tmp_path / "instance" / "postgres").exists()


def test_commands_on_files_wait_for_no_web_no_database_and_no_pyarrow() -> None:
    modules = [name.split(":")[0] for name in COMMANDS_OF_FLASK.values()]
    loaded = f"import sys, {', '.join(modules)}; print(sorted(sys.modules.keys() & {SLOW_TO_LOAD!r}))"
    said = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_called_as_the_table_says(name: str) -> None:
    command = resolve_name(COMMANDS[name])
    assert command.name == name
    assert COMMANDS_OF_FLASK.get(name, COMMANDS[name]) == COMMANDS[name]


def test_nothing_of_a_pupil_is_in_clear_in_what_a_command_says_of_its_work(
    app: Flask, session: Session, county: CountyFiles
) -> None:
    a_county(session)
    session.commit()
    result = flask(app, "rosters", "import", county.roster, "--unit", "329901", "--term", TERM, "--json")
    numbers = [pupil.id_number for pupil in session.scalars(select(Pupil).limit(20))]
    assert numbers
    assert not any(number in result.stderr for number in numbers if number)


def test_a_list_that_cannot_be_put_in_its_place_leaves_nothing_behind(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    a_county(session)
    session.commit()
    (tmp_path / "m.csv").mkdir()
    assert "写不了文件" in refusal(app, "matched", "--unit", "329901", "--term", TERM, "--out", tmp_path / "m.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["m.csv"]


def test_what_evaluate_does_not_read_is_said_and_never_taken_for_an_answer(app: Flask, tmp_path: Path) -> None:
    child = {"id": "a", "day": "2026-09-07", "stage": "primary", "catagories": ["DIBAO"], "school": {"public": True}}
    (tmp_path / "in.json").write_text(json.dumps([child]), encoding="utf-8")
    result = flask(app, "evaluate", tmp_path / "in.json")
    assert list(json.loads(result.stdout)) == ["a"]
    assert result.stderr == "没有用到的项（不认识这些名字）：catagories、school.public\n"


def test_evaluate_gives_the_range_by_the_year_where_the_tier_by_the_term_is_not_known(
    app: Flask, tmp_path: Path
) -> None:
    child = {"id": "a", "day": "2026-09-07", "stage": "senior", "determination": "serious", "county": "320104"}
    (tmp_path / "in.json").write_text(json.dumps([child]), encoding="utf-8")
    findings = json.loads(flask(app, "evaluate", tmp_path / "in.json").stdout)["a"]
    (grant,) = (finding for finding in findings if finding["policy"] == "HIGH-GRANT")
    assert (grant["verdict"], grant["missing"]) == ("entitled", ["categories"])
    assert grant["amount"] == {"from": 1200, "to": 3500, "typical": None, "per": "year", "unit": "yuan"}


@pytest.mark.parametrize("option", [("--day", "2026-09-07"), ("--out", "findings.json")])
def test_options_for_a_province_are_wrong_usage_beside_json(
    app: Flask, tmp_path: Path, option: tuple[str, str]
) -> None:
    (tmp_path / "in.json").write_text("[]", encoding="utf-8")
    result = flask(app, "evaluate", tmp_path / "in.json", *option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "只用于 parquet" in result.stderr


@pytest.mark.parametrize(
    ("file", "sentence"),
    [(b"[{", "第1行第3个字附近读不懂"), ("[“王”]".encode("gb18030"), "不是 UTF-8 编码"), (b"[" * 9999, "括号套得太深")],
)
def test_why_a_file_is_no_json_is_said_in_chinese(app: Flask, tmp_path: Path, file: bytes, sentence: str) -> None:
    (tmp_path / "in.json").write_bytes(file)
    assert sentence in refusal(app, "evaluate", tmp_path / "in.json")


@pytest.mark.parametrize("text", ["[" * 9999, f'[{{"id": {"9" * 5000}}}]', '[{"id": "\\ud800"}]', "NaN", "", "[1]"])
def test_json_that_cannot_be_evaluated_is_one_line(app: Flask, tmp_path: Path, text: str) -> None:
    (tmp_path / "in.json").write_text(text, encoding="utf-8")
    assert refusal(app, "evaluate", tmp_path / "in.json")
