"""Three clocks and four workers for a minute of slots."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy.orm import Session

from tests.outreach.kannel import wait_for
from tests.test_clocks import PATIENCE, a_clock, four_workers, slots

HOW_MANY = 60


def test_sixty_slots_are_run_once_each(session: Session, environment: dict[str, str], tmp_path: Path) -> None:
    written = tmp_path / "runs"
    with ExitStack() as stack:
        stack.enter_context(four_workers(environment, tmp_path))
        for _ in range(3):
            stack.enter_context(a_clock(environment, written))
        wait_for(lambda: len(slots(written)) >= HOW_MANY, PATIENCE)

    assert max(Counter(slots(written)).values()) == 1
