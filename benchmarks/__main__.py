"""Every benchmark in turn, its table printed and kept in benchmarks/results.md; with names as arguments, only those.

A benchmark is a module here with ``run()`` and ``LIMIT``. ``run`` returns a list of frozen dataclasses, one a way of
doing the job: ours, the peers one would use instead, and the physical limit of the machine, which ``LIMIT`` names. The
first field names the way, the second is the figure measured (its name says the unit: ``seconds``,
``rows_per_second``), the others are told as they are. The module's docstring says in its first line what is claimed.
"""

import multiprocessing
import os
import pkgutil
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import benchmarks
from benchmarks.measuring import measured

RESULTS = Path(__file__).with_name("results.md")


def told(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def table(name: str, claim: str, limit: str, rows: list[Any]) -> str:
    """As Markdown, with how many times the limit's figure each way's is."""
    way, figure, *others = [field.name.replace("_", " ") for field in fields(rows[0])]
    least = next(value for who, value, *_ in map(astuple, rows) if who == limit)
    lines = [f"## {name}", "", claim, "", f"| {' | '.join([way, figure, '÷ limit', *others])} |"]
    lines.append("|---" * (len(others) + 3) + "|")
    for row in rows:
        who, value, *rest = astuple(row)
        lines.append(f"| {' | '.join([who, told(value), f'{value / least:.2f}', *map(told, rest)])} |")
    return "\n".join([*lines, ""])


def machine() -> str:
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next(int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {cpu}, {os.cpu_count()} cores, {memory / 2**20:.0f} GiB, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def main(wanted: list[str]) -> None:
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.ispkg]
    names = wanted or [name for name in found if name != "__main__"]
    parts = ["# Benchmarks", "", "Made by `make bench`. Each way beside the physical limit of the same run.", ""]
    parts += [machine(), ""]
    # A fresh process each: what one benchmark leaves in memory would count in the next.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as processes:
        for name in names:
            if result := processes.submit(measured, name).result():
                parts.append(table(name, *result))
                print(parts[-1], flush=True)
    if not wanted:
        RESULTS.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
