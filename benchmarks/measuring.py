"""One benchmark in a process of its own, which can import this by name, as it cannot ``__main__``."""

import importlib
import os
import subprocess
import sys
from threading import Timer
from time import perf_counter
from typing import Any

LONGEST = 900
"""Seconds after which a way is given up."""


def measured(name: str) -> tuple[str, str, list[Any]] | None:
    """The claim and its rows; None for a module that only helps others."""
    module = importlib.import_module(f"benchmarks.{name}")
    if not hasattr(module, "run"):
        return None
    return (module.__doc__ or name).strip().splitlines()[0], module.LIMIT, module.run()


def timed(module: str, *arguments: object) -> tuple[float, int]:
    """Seconds and peak MiB of the whole process; the caller stays small, for a child starts with its parent's peak."""
    began = perf_counter()
    process = subprocess.Popen([sys.executable, "-m", module, *map(str, arguments)])
    alarm = Timer(LONGEST, process.kill)
    alarm.start()
    _, status, used = os.wait4(process.pid, 0)
    alarm.cancel()
    if perf_counter() - began > LONGEST:
        raise TimeoutError(f"{module} did not end within {LONGEST} s")
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{module} ended with {process.returncode}")
    return perf_counter() - began, used.ru_maxrss // 1024
