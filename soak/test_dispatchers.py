"""Four dispatchers, eight kills, two freezes, an operator with every kind of failure: nobody is written to twice."""

import logging
import random
from contextlib import ExitStack
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy.orm import Session

from portal.outreach import outbox, reminders
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY
from tests.conftest import Databases
from tests.outreach.cases import matched_pupils, messages, sessions, states
from tests.outreach.kannel import Running, wait_for
from tests.outreach.processes import dispatching, serving
from tests.outreach.test_kannel_loop import UNDER_WAY, environment_of
from tests.outreach.test_kannel_operator import ENDS

log = logging.getLogger(__name__)

HOW_MANY, DISPATCHERS, KILLS, SEED = 1_000, 4, 8, 20
FREEZES, LONGER_THAN_A_CALL = 2, 11.0  # seconds
PATIENCE = 240.0  # seconds


class Crew:
    """Dispatchers, of which any may die and is followed by another."""

    def __init__(self, stack: ExitStack, folder: Path, environment: dict[str, str]) -> None:
        self.stack, self.folder, self.environment = stack, folder, environment
        self.members: list[ForkServerProcess] = []
        for _ in range(DISPATCHERS):
            self.hire()

    def hire(self) -> None:
        log_file = self.folder / f"dispatcher-{len(self.members)}-{monotonic():.0f}.log"
        self.members.append(self.stack.enter_context(dispatching(log_file, self.environment)))

    def kill(self, which: int) -> None:
        one = self.members.pop(which)
        one.kill()
        one.join()
        self.hire()


def test_eight_kills_and_two_freezes_double_nothing_and_every_row_ends_in_a_state(
    session: Session, databases: Databases, database: str, running: Running, port: int, tmp_path: Path
) -> None:
    environment = environment_of(databases, database, running, port) | {"KANNEL_PER_SECOND": "60"}
    chance = random.Random(SEED)
    matched_pupils(session, HOW_MANY)
    planned = reminders.plan(session, A_MONDAY, "kannel").messages
    session.commit()
    with ExitStack() as stack:
        stack.enter_context(serving(tmp_path / "web.log", environment))
        crew = Crew(stack, tmp_path, environment)
        for number in range(KILLS):
            sleep(chance.uniform(0.5, 1.5))
            crew.kill(chance.randrange(DISPATCHERS))
            if number % (KILLS // FREEZES) == 1:
                box = running.smsbox if number < KILLS // FREEZES else running.bearerbox
                with running.frozen(box):
                    sleep(LONGER_THAN_A_CALL)
        until_settled(session, running)

    report(session, running, planned)


def until_settled(session: Session, running: Running) -> None:
    """The reaper comes, an hour later by its own clock, until nothing is under way and all reports are in."""

    def settled() -> bool:
        with sessions().begin() as later:
            outbox.reap(later, A_MONDAY + timedelta(hours=1))
        sleep(1)
        found = states(session)
        return not any(found[state] for state in UNDER_WAY) and all_reported(session, running)

    wait_for(settled, PATIENCE)


def all_reported(session: Session, running: Running) -> bool:
    """Of everything that the operator got, each ended as its phone is."""
    got = running.got()
    return all(m.state is ENDS[str(m.phone)[-1]] for m in messages(session) if m.phone in got)


def report(session: Session, running: Running, planned: int) -> None:
    got, ends = running.got(), states(session)
    unknown = [m for m in messages(session) if m.state is MessageState.UNKNOWN]
    log.warning("planned %s, in the end %s, the operator got %s", planned, ends, got.total())
    assert planned == ends.total() == HOW_MANY
    assert max(got.values()) == 1
    assert not any(ends[state] for state in UNDER_WAY)
    assert all(m.phone not in got for m in unknown)  # those that left were settled by their reports
