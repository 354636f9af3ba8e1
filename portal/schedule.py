"""The scheduler's jobs, one line a job: the only place with times of day. It is a clock and keeps nothing itself.

Any number of these processes may run: a job's slot is a unique row, and whoever writes it runs the job.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any, TypeVar

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal import clock
from portal.coverage import public_notices
from portal.coverage.keepers import KEEPERS
from portal.coverage.lapses import expire
from portal.coverage.matching_work import go_on
from portal.coverage.raising import Raised, raise_overdue
from portal.coverage.tally_keeping import keep_tallies
from portal.enrolment.headcount import Size, people_held, size_of
from portal.enrolment.leavers import AT_ONCE, anonymise
from portal.intake.delivery import drop_unconfirmed
from portal.intake.work_off import resume_left_behind
from portal.models import JobSlot
from portal.outreach import delivery, health, outbox, reminders, upkeep
from portal.outreach.campaigns import propose
from portal.outreach.ladder import Climbed, climb
from portal.outreach.wecom_parents import synchronise
from portal.settings import Settings

log = structlog.get_logger()

Sessions = sessionmaker[Session]
Done = TypeVar("Done", Climbed, Raised)
SKEW = timedelta(minutes=1)
"""How far the clocks of two machines may differ."""
TRY_AGAIN = {"minute": "4/10"}
"""When a job is run that nobody ran in its slot, or that failed."""
LOOK_EVERY = 5.0  # seconds between two looks at the wall clock


@dataclass(frozen=True)
class Job:
    """``cron`` in the clock of Jiangsu; ``slot`` is how often it may run at most."""

    name: str
    cron: dict[str, str]
    slot: timedelta
    work: Callable[[Sessions, Settings, datetime], object]


def plan_reminders(sessions: Sessions, settings: Settings, now: datetime) -> object:
    with sessions.begin() as session:
        return reminders.plan(session, now, settings.suppliers.first, apps=settings.suppliers.apps)


def reap_outbox(sessions: Sessions, _: Settings, now: datetime) -> object:
    with sessions.begin() as session:
        return outbox.reap(session, now)


def look_at_gateways(sessions: Sessions, _: Settings, now: datetime) -> object:
    with sessions.begin() as session:
        health.look(session, now)
        return delivery.time_out(session, now)


def propose_campaigns(sessions: Sessions, _: Settings, now: datetime) -> object:
    with sessions.begin() as session:
        return propose(session, now)


def climb_ladder(sessions: Sessions, _: Settings, now: datetime) -> object:
    done = _some_at_a_time(sessions, lambda session, place: climb(session, now, place))
    return sum(one.opened for one in done), sum(one.closed for one in done)


def raise_rows(sessions: Sessions, _: Settings, now: datetime) -> object:
    done = _some_at_a_time(sessions, lambda session, after: raise_overdue(session, now, after))
    return sum(one.rows for one in done)


def _some_at_a_time(sessions: Sessions, work: Callable[[Session, Any], Done]) -> list[Done]:
    """Each a transaction: a province's rows take minutes, and officers work on the same ones meanwhile."""
    done: list[Done] = []
    while not done or done[-1].left_off is not None:
        with sessions.begin() as session:
            done.append(work(session, done[-1].left_off if done else None))
    return done


def resume_files(sessions: Sessions, _: Settings, now: datetime) -> object:
    return resume_left_behind(sessions, now, KEEPERS)


def go_on_matching(sessions: Sessions, _: Settings, now: datetime) -> object:
    return go_on(sessions, now)


def expire_registers(sessions: Sessions, _: Settings, now: datetime) -> object:
    with sessions.begin() as session:
        return expire(session, now, clock.local(now).date()), drop_unconfirmed(session, now)


def read_directory(sessions: Sessions, settings: Settings, now: datetime) -> object:
    return synchronise(sessions, settings, "portal", now)


def count_schools(sessions: Sessions, _: Settings, now: datetime) -> object:
    return keep_tallies(sessions, now)


def take_down_notices(sessions: Sessions, _: Settings, now: datetime) -> object:
    with sessions.begin() as session:
        return public_notices.take_down_over(session, now)


def prune(sessions: Sessions, _: Settings, now: datetime) -> object:
    with sessions.begin() as session:
        return upkeep.prune(session, now)


def forget_codes(sessions: Sessions, _: Settings, now: datetime) -> object:
    with sessions.begin() as session:
        return upkeep.forget_codes(session, now)


def anonymise_leavers(sessions: Sessions, settings: Settings, now: datetime) -> object:
    """Off until the authority's rule is set; part by part, for the first time finds the leavers of many years."""
    years, done = settings.anonymise_after_years, 0
    while years is not None:
        with sessions.begin() as session:
            some = anonymise(session, years, now)
        done += some
        if some < AT_ONCE:
            break
    return done


def count_people(sessions: Sessions, _: Settings, _now: datetime) -> object:
    with sessions.begin() as session:
        people = people_held(session)
    size = size_of(people)
    if size is not Size.ORDINARY:
        log.error("many people held", people=people, size=size.value)
    return people


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JOBS = (
    Job("plan reminders", {"hour": "9-19", "minute": "*"}, MINUTE, plan_reminders),
    Job("reap outbox", {"minute": "*"}, MINUTE, reap_outbox),
    Job("look at gateways", {"minute": "*"}, MINUTE, look_at_gateways),
    Job("resume files", {"minute": "*"}, MINUTE, resume_files),
    Job("go on matching", {"minute": "*"}, MINUTE, go_on_matching),
    Job("expire registers", {"minute": "3"}, HOUR, expire_registers),
    Job("read directory", {"hour": "6", "minute": "15"}, DAY, read_directory),
    Job("propose campaigns", {"hour": "7", "minute": "30"}, DAY, propose_campaigns),
    Job("climb ladder", {"hour": "8", "minute": "5"}, DAY, climb_ladder),
    Job("raise overdue", {"hour": "7", "minute": "45"}, DAY, raise_rows),
    Job("take down notices", {"minute": "1"}, HOUR, take_down_notices),
    Job("forget codes", {"minute": "33"}, HOUR, forget_codes),
    Job("prune", {"hour": "3", "minute": "30"}, DAY, prune),
    Job("anonymise leavers", {"hour": "2", "minute": "40"}, DAY, anonymise_leavers),
    Job("count people", {"hour": "4", "minute": "10"}, DAY, count_people),
    Job("count schools", {"minute": "*"}, MINUTE, count_schools),  # last: it may take most of its minute
)


def take_slot(session: Session, job: str, slot: datetime, now: datetime) -> bool:
    """True for exactly one of all who ask. A slot taken in the future was taken before the clock was put back."""
    taken = insert(JobSlot).values(job=job, slot=slot, taken_at=now)
    again = taken.on_conflict_do_update(
        index_elements=["job", "slot"], set_={"taken_at": now}, where=JobSlot.taken_at > now + SKEW
    )
    return session.scalar(again.returning(JobSlot.job)) is not None


def slot_of(now: datetime, length: timedelta) -> datetime:
    """The beginning of the slot; a day's slot begins at midnight in Jiangsu."""
    here = clock.local(now)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + (here - midnight) // length * length).astimezone(UTC)


def run_once(job: Job, sessions: Sessions, settings: Settings, now: datetime) -> bool:
    """False when another clock has the slot; a job that fails says so and gives it back, to be caught up with."""
    slot = slot_of(now, job.slot)
    with sessions.begin() as session:
        mine = take_slot(session, job.name, slot, now)
    if mine:
        try:
            log.info("job done", job=job.name, result=str(job.work(sessions, settings, now)))
        except Exception:
            log.exception("job failed", job=job.name)
            with suppress(OperationalError), sessions.begin() as session:  # the database may be what failed
                session.execute(delete(JobSlot).where(JobSlot.job == job.name, JobSlot.slot == slot))
    return mine


def catch_up(sessions: Sessions, settings: Settings, now: datetime) -> int:
    """What was due in the present slot while no clock ran, or failed this morning; how many jobs that were."""
    return sum(run_once(job, sessions, settings, now) for job in JOBS if _was_due(job, now))


def _was_due(job: Job, now: datetime) -> bool:
    due = CronTrigger(**job.cron, timezone=clock.SHANGHAI).get_next_fire_time(None, slot_of(now, job.slot))
    return due is not None and due <= now


def run(sessions: Sessions, settings: Settings, stop: Event) -> None:
    """``flask schedule``: until told to stop."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # each run is told once, by us
    scheduler = BlockingScheduler(
        timezone=clock.SHANGHAI, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    for job in JOBS:
        scheduler.add_job(
            lambda job=job: run_once(job, sessions, settings, clock.now()),
            CronTrigger(**job.cron, timezone=clock.SHANGHAI),
            id=job.name,
            name=job.name,
        )
    scheduler.add_job(
        lambda: catch_up(sessions, settings, clock.now()),
        CronTrigger(**TRY_AGAIN, timezone=clock.SHANGHAI),
        next_run_time=clock.now(),
        name="catch up",
    )
    Thread(target=_watch, args=(scheduler, stop), daemon=True).start()
    log.info("scheduler started", jobs=[job.name for job in JOBS])
    scheduler.start()
    log.info("scheduler stopped")


def _watch(scheduler: BlockingScheduler, stop: Event) -> None:
    """Ends the scheduler when told; wakes it when the wall clock was put back, for it would sleep that time over."""
    wall, steady = time.time(), time.monotonic()
    while not stop.wait(LOOK_EVERY):
        put_back = (time.monotonic() - steady) - (time.time() - wall) > LOOK_EVERY
        wall, steady = time.time(), time.monotonic()
        if put_back:
            log.warning("the wall clock was put back")
            for job in JOBS:
                scheduler.reschedule_job(job.name, trigger=CronTrigger(**job.cron, timezone=clock.SHANGHAI))
    scheduler.shutdown(wait=True)
