"""Acknowledged rows through more kills than the tests have time for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_embedded_postgres import folder, kill_everything, kill_the_server

__all__ = ["folder"]
ROUNDS = 40


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kills", [kill_the_server, kill_everything])
def test_none_is_lost(folder: Path, kills: Callable[[Path, int, int], None], seed: int) -> None:
    kills(folder, ROUNDS, seed)
