"""One run a slot, however many clocks tick; and what the jobs do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from portal.models import CodeRequest, ContactTask, Entitlement, JobSlot, TryCount
from portal.models import Reply as AReply
from portal.outreach.dispatch import tick as remind
from portal.outreach.gateways.protocol import Reply
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.replies import receive
from portal.schedule import DAY, JOBS, MINUTE, Job, catch_up, run_once, slot_of
from portal.vocabulary import MessageState, UnitLevel
from tests.builders import A_MONDAY
from tests.intake.files import CHEN_MING, XIAOYU, ZHOU_XIAO
from tests.outreach.cases import a_matched_pupil, in_context, messages, sessions, states

HOUR = timedelta(hours=1)
WITHOUT_PHONES = (("陈明", CHEN_MING), ("王小雨", XIAOYU), ("周晓", ZHOU_XIAO))
JOB = {job.name: job for job in JOBS}


def a_job(runs: list[datetime], name: str = "counted") -> Job:
    return Job(name, {"minute": "*"}, MINUTE, lambda _sessions, _settings, now: runs.append(now))


@contextmanager
def counted_transactions() -> Iterator[set[object]]:
    """Those that changed a task or a row."""
    ended: set[object] = set()

    def note(session: Session, *_: object) -> None:
        if any(isinstance(one, ContactTask | Entitlement) for one in (*session.new, *session.dirty)):
            ended.add(session.get_transaction())

    event.listen(Session, "before_flush", note)
    yield ended
    event.remove(Session, "before_flush", note)


def tick(job: Job, now: datetime) -> bool:
    return run_once(job, sessions(), current_app.extensions["settings"], now)


def test_three_clocks_run_a_job_once_a_slot(session: Session) -> None:
    runs: list[datetime] = []
    moments = [A_MONDAY + minute * MINUTE for minute in range(5) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(in_context(lambda now=now: tick(a_job(runs), now))) for now in moments]

    assert (sum(one.result() for one in asked), len(runs)) == (5, 5)


def test_long_jobs_take_some_at_a_time_to_the_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.outreach.ladder.PAGE", 1)
    monkeypatch.setattr("portal.coverage.raising.AT_ONCE", 1)
    for name, number in WITHOUT_PHONES:
        a_matched_pupil(session, name=name, id_number=number, phone=None)

    with counted_transactions() as climbing:
        assert tick(JOB["climb ladder"], A_MONDAY)
    with counted_transactions() as raising:
        assert tick(JOB["raise overdue"], A_MONDAY + 28 * DAY)

    assert (len(climbing), len(raising)) == (3, 3)
    assert session.scalar(select(func.count(ContactTask.id))) == 3
    assert set(session.scalars(select(Entitlement.raised_to))) == {UnitLevel.COUNTY}


def test_a_clock_that_was_put_back_goes_on(session: Session) -> None:
    runs: list[datetime] = []
    job = a_job(runs)

    assert tick(job, A_MONDAY)
    assert tick(job, A_MONDAY - HOUR)
    assert tick(job, A_MONDAY + 2 * MINUTE)
    assert tick(job, A_MONDAY - HOUR + 2 * MINUTE)
    assert not tick(job, A_MONDAY - HOUR + 2 * MINUTE)


def test_a_slot_taken_before_the_clock_was_put_back_is_free_again(session: Session) -> None:
    runs: list[datetime] = []
    with sessions().begin() as before:
        before.add(JobSlot(job="counted", slot=A_MONDAY, taken_at=A_MONDAY + HOUR))

    assert tick(a_job(runs), A_MONDAY)
    assert not tick(a_job(runs), A_MONDAY)


def test_clocks_of_two_machines_may_differ_a_little(session: Session) -> None:
    runs: list[datetime] = []

    assert tick(a_job(runs), A_MONDAY + timedelta(seconds=30))
    assert not tick(a_job(runs), A_MONDAY + timedelta(seconds=5))


def test_a_job_that_fails_does_not_end_the_clock(session: Session) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    broken = Job("broken", {"minute": "*"}, MINUTE, fail)

    assert tick(broken, A_MONDAY)
    assert tick(broken, A_MONDAY + MINUTE)


def test_a_days_job_that_failed_is_tried_again_the_same_day_until_it_is_done(session: Session) -> None:
    runs: list[datetime] = []

    def fails_first(_: object, __: object, now: datetime) -> None:
        runs.append(now)
        if len(runs) == 1:
            raise RuntimeError("the database went away")

    daily = Job("daily", {"hour": "8"}, DAY, fails_first)

    assert [tick(daily, A_MONDAY + turn * MINUTE) for turn in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("length", "slot"),
    [
        (MINUTE, datetime(2026, 9, 6, 16, 30, tzinfo=UTC)),
        (DAY, datetime(2026, 9, 6, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_days_slot_begins_at_midnight_in_jiangsu(length: timedelta, slot: datetime) -> None:
    assert slot_of(datetime(2026, 9, 6, 16, 30, 12, tzinfo=UTC), length) == slot


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_does_its_work_on_an_empty_database(session: Session, job: Job) -> None:
    assert job.work(sessions(), current_app.extensions["settings"], A_MONDAY) is not None


def test_the_schedule_plans_what_the_dispatcher_will_send(session: Session) -> None:
    a_matched_pupil(session)
    tick(JOB["plan reminders"], A_MONDAY)

    assert states(session) == {MessageState.QUEUED: 1}


def test_words_go_after_ninety_days_and_the_template_stays(session: Session) -> None:
    a_matched_pupil(session)
    remind(sessions(), (Sandbox(),), A_MONDAY)
    assert messages(session)[0].text
    receive(session, "kannel", Reply("19900000001", "收到，谢谢老师", "k1"), A_MONDAY)
    session.add(TryCount(key=b"x", window_ends_at=A_MONDAY, count=1))
    session.commit()
    tick(JOB["prune"], A_MONDAY + 91 * DAY)

    (message,) = messages(session)
    assert (message.text, message.template) == (None, "enrolment_not_confirmed.own")
    assert session.scalars(select(AReply.text_sealed)).all() == [None]
    assert session.scalars(select(TryCount)).all() == []


def test_sign_in_codes_are_gone_within_the_hour_after_they_end_and_never_a_day_old(session: Session) -> None:
    for ends in (A_MONDAY, A_MONDAY + 2 * HOUR):
        session.add(CodeRequest(name="王小雨", id_number="329901201603050015", asked_at=A_MONDAY, ends_at=ends))
    session.commit()
    tick(JOB["forget codes"], A_MONDAY + HOUR)

    assert session.scalars(select(CodeRequest.ends_at)).all() == [A_MONDAY + 2 * HOUR]
    assert JOB["forget codes"].slot == HOUR


def test_what_was_due_while_no_clock_ran_is_caught_up_once(session: Session) -> None:
    settings = current_app.extensions["settings"]
    noon = A_MONDAY + 2 * HOUR

    first, again = catch_up(sessions(), settings, noon), catch_up(sessions(), settings, noon)

    taken = set(session.scalars(select(JobSlot.job)))
    assert {"climb ladder", "propose campaigns", "prune"} <= taken
    assert (first, again) == (len(taken), 0)


def test_what_is_due_later_today_is_not_taken_for_missed(session: Session) -> None:
    catch_up(sessions(), current_app.extensions["settings"], A_MONDAY - 3 * HOUR)

    assert "climb ladder" not in set(session.scalars(select(JobSlot.job)))
