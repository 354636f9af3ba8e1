"""截止日例外: on its last day a campaign may leave although the day is quiet, once a second person said so."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.access.scope import EVERYWHERE
from portal.clock import SHANGHAI, SchoolTerm
from portal.models import Campaign, Message
from portal.outreach import campaigns, deadline_days, outbox
from portal.outreach.campaigns import CampaignRefused, Days
from portal.outreach.dispatch import tick
from portal.outreach.drawing_up import draw_up
from portal.outreach.excepted_days import bring_forward
from portal.outreach.gateways.protocol import Handed
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.quiet import why_quiet
from portal.outreach.reminders import plan
from portal.outreach.settling import NotUnknown, send_again
from portal.outreach.starting import look_at, start
from portal.vocabulary import Audience, CampaignState, MessageState
from tests.builders import A_MONDAY, TERM, a_county
from tests.outreach.cases import a_matched_pupil, messages, sessions

NATIONAL_DAY = date(2026, 10, 1)
ASKS, OTHER, ME = "staff:sch1", "staff:cnty", "worker"


def at(hour: int, day: date = NATIONAL_DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def remind(now: datetime) -> int:
    return tick(sessions(), (Sandbox(),), now).handed[Handed.ACCEPTED]


@pytest.fixture
def campaign(session: Session) -> Campaign:
    """Publicity that was let go and whose last day is a festival; the family also waits for the standing reminder."""
    a_matched_pupil(session)
    made = campaigns.make(
        session, a_county(session), "开学", Audience.EVERYONE, "publicity_opening", SchoolTerm.parse(TERM),
        Days(date(2026, 9, 30), NATIONAL_DAY), ASKS, A_MONDAY,
    )  # fmt: skip
    draw_up(session, made, ASKS, A_MONDAY)
    campaigns.submit(session, made, 100, ASKS, A_MONDAY)
    session.commit()
    return made


def excepted(session: Session, campaign: Campaign) -> None:
    deadline_days.ask(session, campaign, "当天是申请的最后一天", ASKS, A_MONDAY)
    deadline_days.approve(session, campaign, OTHER, A_MONDAY)
    session.commit()


def planned(session: Session, now: datetime) -> None:
    plan(session, now, "sandbox")
    session.commit()


def about(session: Session, campaign: Campaign) -> Message:
    return next(message for message in messages(session) if message.campaign_id == campaign.id)


def test_on_a_festival_only_the_campaign_with_an_exception_leaves(session: Session, campaign: Campaign) -> None:
    assert remind(at(10)) == 0
    excepted(session, campaign)

    assert remind(at(11)) == 1
    assert about(session, campaign).state is MessageState.DELIVERED
    assert {message.state for message in messages(session) if message.campaign_id is None} == {MessageState.QUEUED}


@pytest.mark.parametrize("hour", [8, 20, 23])
def test_at_night_nothing_leaves_on_that_day_either(session: Session, campaign: Campaign, hour: int) -> None:
    excepted(session, campaign)

    assert remind(at(hour)) == 0


def test_until_somebody_else_approves_nothing_leaves(session: Session, campaign: Campaign) -> None:
    deadline_days.ask(session, campaign, "当天是申请的最后一天", ASKS, A_MONDAY)
    with pytest.raises(CampaignRefused, match="另一位"):
        deadline_days.approve(session, campaign, ASKS, A_MONDAY)
    session.commit()

    assert remind(at(10)) == 0


def test_what_was_planned_past_the_day_is_brought_forward_to_it(session: Session, campaign: Campaign) -> None:
    planned(session, at(21, date(2026, 9, 30)))
    assert about(session, campaign).due_at.astimezone(SHANGHAI).date() > NATIONAL_DAY
    excepted(session, campaign)
    planned(session, at(22, date(2026, 9, 30)))

    assert about(session, campaign).due_at == at(9)


def test_what_waits_for_an_hour_of_the_day_itself_goes_on_waiting(session: Session, campaign: Campaign) -> None:
    excepted(session, campaign)
    planned(session, at(21, date(2026, 9, 30)))
    about(session, campaign).due_at = at(12)
    session.commit()

    assert bring_forward(session, at(9)) == 0


def test_what_a_supplier_holds_back_for_a_day_is_not_tried_again_sooner(session: Session, campaign: Campaign) -> None:
    excepted(session, campaign)
    planned(session, at(10))
    held = about(session, campaign)
    held.attempts, held.due_at = 1, at(10, date(2026, 10, 2))
    session.commit()

    assert bring_forward(session, at(11)) == 0


def unknown_since_yesterday(session: Session, campaign: Campaign) -> Message:
    yesterday = at(9, date(2026, 9, 30))
    planned(session, yesterday)
    message = about(session, campaign)
    message.state, message.sent_at = MessageState.UNKNOWN, yesterday
    session.commit()
    return message


def test_what_a_person_sends_again_on_the_day_leaves_on_it(session: Session, campaign: Campaign) -> None:
    excepted(session, campaign)
    message = unknown_since_yesterday(session, campaign)
    send_again(session, EVERYWHERE, message.id, OTHER, at(10))

    assert (message.state, message.due_at) == (MessageState.QUEUED, at(10))


def test_what_could_leave_after_the_last_day_only_is_not_sent_again(session: Session, campaign: Campaign) -> None:
    message = unknown_since_yesterday(session, campaign)

    with pytest.raises(NotUnknown, match="打电话"):
        send_again(session, EVERYWHERE, message.id, OTHER, at(10))
    assert message.state is MessageState.UNKNOWN


def test_a_campaign_sent_back_to_be_changed_has_to_ask_anew(session: Session, campaign: Campaign) -> None:
    campaign.state = CampaignState.SUBMITTED
    excepted(session, campaign)
    campaigns.send_back(session, campaign, OTHER)
    session.commit()

    assert deadline_days.asked_for(session, campaign) is None


def test_after_the_day_an_exception_stays_as_a_record(session: Session, campaign: Campaign) -> None:
    excepted(session, campaign)
    with pytest.raises(CampaignRefused, match="不能再撤回"):
        deadline_days.take_back(session, campaign, OTHER, at(9, date(2026, 10, 2)))


def test_what_is_planned_afterwards_is_planned_for_the_day(session: Session, campaign: Campaign) -> None:
    excepted(session, campaign)
    planned(session, at(21, date(2026, 9, 30)))

    assert about(session, campaign).due_at == at(9)


def test_an_exception_taken_back_holds_what_a_dispatcher_already_holds(session: Session, campaign: Campaign) -> None:
    excepted(session, campaign)
    planned(session, at(10))
    looked = look_at(session, outbox.claim(session, ME, at(10)), ME, at(10))
    deadline_days.take_back(session, campaign, OTHER, A_MONDAY)
    session.commit()

    started = start(session, looked.letters, ME, "sandbox", at(10) + timedelta(seconds=1))
    session.commit()

    assert started.outgoing == []
    assert about(session, campaign).state is MessageState.QUEUED


def test_a_day_on_which_messages_leave_anyway_needs_no_exception(session: Session, campaign: Campaign) -> None:
    campaign.stops_on = date(2026, 9, 30)

    with pytest.raises(CampaignRefused, match="不发的日子"):
        deadline_days.ask(session, campaign, "急", ASKS, A_MONDAY)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (NATIONAL_DAY, "国庆节"),
        (date(2026, 12, 13), "南京大屠杀死难者国家公祭日"),
        (date(2026, 6, 8), "全国高考（江苏6月7日至9日）"),
        (date(2026, 9, 30), None),
    ],
)
def test_a_quiet_day_is_named(day: date, words: str | None) -> None:
    assert why_quiet(day) == words
