"""Every benchmark in turn, its table printed and put into benchmarks/results.md; with names as arguments, only those.

A benchmark is a module here with ``run()`` and ``LIMIT``. ``run`` returns a list of frozen dataclasses, one a way of
doing the job: ours, the peers one would use instead, and the physical limit of the machine, which ``LIMIT`` names. The
first field names the way, the second is the figure measured (its name says the unit: ``seconds``,
``rows_per_second``), the others are told as they are. The module's docstring says in its first line what is claimed.
One that cannot run is told in a sentence, and the next is begun.
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
NOT_MEASURED = "Could not be measured"


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


def part(name: str) -> str | None:
    """Its table, or why there is none; nothing of a module that only helps others."""
    # A fresh process each: what one benchmark leaves in memory would count in the next.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        try:
            result = process.submit(measured, name).result()
        except (Exception, SystemExit) as failed:  # noqa: BLE001 - whatever went wrong with one, the others are measured
            return f"## {name}\n\n{NOT_MEASURED}: {failed or type(failed).__name__}\n"
    return table(name, *result) if result else None


def main(wanted: list[str]) -> int:
    """How many could not be measured."""
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.ispkg]
    names = wanted or [name for name in found if name != "__main__"]
    parts = ["# Benchmarks", "", "Made by `make bench`. Each way beside the physical limit of the same run.", ""]
    parts += [machine(), ""]
    for name in names:
        if told_of := part(name):
            parts.append(told_of)
            print(told_of, flush=True)
            if not wanted:
                RESULTS.write_text("\n".join(parts), encoding="utf-8")
    return sum(NOT_MEASURED in each for each in parts)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
