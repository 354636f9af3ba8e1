"""Ours: the commands of the contract."""

import os
import subprocess
import sys
from pathlib import Path

step, folder, owner, app = sys.argv[1:]
place = Path(folder)
TERM = "2026-autumn"
UNITS = """代码,名称,级别,上级代码,学段
32,江苏省,province,,
3299,示例市,city,32,
329901,示例县教育局,county,3299,
329901-MZ,示例县民政局,bureau,329901,
3299010001,示例县实验小学,school,329901,primary
"""
COMMANDS = {
    "prepare": [["db", "upgrade"], ["units", "load", place / "units.csv"]],
    "register": [["registers", "import", place / "register.csv", "--unit", "329901-MZ", "--batch", "2026-08"]],
    "roster": [["rosters", "import", place / "roster.csv", "--school", "3299010001", "--term", TERM]],
    "match": [["match", "--unit", "3299010001", "--term", TERM]],
    "list": [["matched", "--unit", "3299010001", "--term", TERM, "--out", place / "portal.csv"]],
}

(place / "units.csv").write_text(UNITS, encoding="utf-8")
environment = os.environ | {
    "PORTAL_INSTANCE": str(place / "instance"),
    "DATABASE_URL": app,
    "DATABASE_OWNER_URL": owner,
    "PORTAL_LOG_LEVEL": "WARNING",
}
for command in COMMANDS[step]:
    done = [sys.executable, "-m", "flask", *map(str, command)]
    subprocess.run(done, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
