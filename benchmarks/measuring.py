"""One benchmark in a process of its own, which can import this by name, as it cannot ``__main__``."""

import importlib
from typing import Any


def measured(name: str) -> tuple[str, str, list[Any]] | None:
    """The claim and its rows; None for a module that only helps others."""
    module = importlib.import_module(f"benchmarks.{name}")
    if not hasattr(module, "run"):
        return None
    return (module.__doc__ or name).strip().splitlines()[0], module.LIMIT, module.run()
