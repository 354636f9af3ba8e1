"""应助尽助: the portal that makes sure no child entitled to student aid goes without it.

``from portal import create_app`` works as one expects; the factory itself stands in ``portal.app``, so that the pure
packages (privacy, matching, policies) can be imported without Flask and a database behind them (docs/decisions/0006).
"""

import os
from importlib import import_module
from typing import Any

os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
"""We read single characters; loading pypinyin's phrases would take every process a second to start."""


def __getattr__(name: str) -> Any:
    if name == "create_app":
        return import_module("portal.app").create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
