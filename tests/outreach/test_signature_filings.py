"""签名备案: through a real SMS gateway no campaign leaves before every operator knows the name it leaves under."""

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.access.scope import EVERYWHERE, scope_of
from portal.clock import SchoolTerm
from portal.models import AuditEntry, Campaign, SignatureFiling
from portal.outreach import campaigns
from portal.outreach.campaigns import CampaignRefused, Days
from portal.outreach.drawing_up import draw_up
from portal.outreach.gateway import REAL
from portal.outreach.operations import operations
from portal.outreach.outbox import claim
from portal.outreach.pauses import pause
from portal.outreach.reminders import plan
from portal.outreach.signature_filings import FilingRefused, count_held, record, signatures_within, standing
from portal.settings import read_settings
from portal.suppliers import TO_PHONES, read_suppliers
from portal.vocabulary import Audience, CampaignState, Channel, Operator
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school
from tests.outreach.cases import a_matched_pupil

OURS, KEEPER, ASKS, OTHER = "示例县教育局", "staff:keeper", "staff:sch1", "staff:cnty"
DAY = timedelta(days=1)
TODAY = A_MONDAY.date()
ALL = tuple(Operator)


def filed(session: Session, *operators: Operator, signed: str = OURS) -> None:
    for operator in operators:
        record(session, signed, operator, True, TODAY - 9 * DAY, KEEPER, A_MONDAY - DAY)


def lapsed(session: Session, operator: Operator, day: date = TODAY) -> None:
    record(session, OURS, operator, False, day, KEEPER, A_MONDAY)


@pytest.fixture
def campaign(session: Session) -> Campaign:
    """To every family of the county, counted and not yet submitted."""
    a_pupil(session)
    made = campaigns.make(
        session, a_county(session), "开学", Audience.EVERYONE, "publicity_opening", SchoolTerm.parse(TERM),
        Days(TODAY, TODAY + 9 * DAY), ASKS, A_MONDAY,
    )  # fmt: skip
    draw_up(session, made, ASKS, A_MONDAY)
    return made


def submit(session: Session, campaign: Campaign, operators: Collection[Operator] = ALL, above: int = 100) -> None:
    campaigns.submit(session, campaign, above, ASKS, A_MONDAY, operators)


def test_a_campaign_waits_until_all_operators_know_its_signature(session: Session, campaign: Campaign) -> None:
    filed(session, Operator.UNICOM)
    with pytest.raises(CampaignRefused, match="签名【示例县教育局】还没有向移动、电信备案，先备案"):
        submit(session, campaign)
    assert campaign.state is CampaignState.DRAWN

    filed(session, Operator.MOBILE, Operator.TELECOM)
    submit(session, campaign)

    assert campaign.state is CampaignState.RUNNING


def test_it_is_asked_again_when_the_second_person_approves(session: Session, campaign: Campaign) -> None:
    filed(session, *ALL)
    submit(session, campaign, above=0)
    lapsed(session, Operator.TELECOM)

    with pytest.raises(CampaignRefused, match="还没有向电信备案"):
        campaigns.approve(session, campaign, OTHER, A_MONDAY, ALL)
    assert campaign.state is CampaignState.SUBMITTED


def test_the_signature_of_another_office_helps_nobody(session: Session, campaign: Campaign) -> None:
    filed(session, *ALL, signed="邻县教育局")

    with pytest.raises(CampaignRefused, match="移动、联通、电信"):
        submit(session, campaign)


def test_a_list_of_two_counties_needs_both_signatures(session: Session) -> None:
    neighbours = a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学")
    here, there = a_pupil(session), a_pupil(session, neighbours, name="赵远", id_number=None, phone="19900000007")
    made = campaigns.make(
        session, a_county(session).parent, "请确认", Audience.UNCONFIRMED, "", SchoolTerm.parse(TERM),
        Days(TODAY, TODAY + DAY), ASKS, A_MONDAY, [here.id, there.id],
    )  # fmt: skip
    made.state, made.drawn_at, made.counts = CampaignState.DRAWN, A_MONDAY, {"messages": 2}
    filed(session, *ALL)

    with pytest.raises(CampaignRefused, match="签名【邻县教育局】"):
        submit(session, made)


@pytest.mark.parametrize(
    ("gateway", "guests", "operators"),
    [
        ("sandbox", "", ()),
        ("wechat,wecom", "", ()),
        ("kannel", "", ALL),
        ("wechat,aliyun", "", ALL),
        ("tencent", "", ALL),
        ("tencent", "19900000001", ()),
    ],
)
def test_only_a_real_sms_gateway_that_is_no_trial_needs_it(
    gateway: str, guests: str, operators: tuple[Operator, ...]
) -> None:
    suppliers = read_suppliers({"PORTAL_GATEWAY": gateway, "PORTAL_TRIAL_GUESTS": guests})

    assert suppliers.operators == operators


def test_every_real_gateway_that_sends_sms_is_one_of_them(session: Session) -> None:
    settings = read_settings({})

    assert {name for name, made in REAL.items() if Channel.SMS in made(settings).channels} == {*TO_PHONES}


def test_what_is_recorded_last_stands_and_nothing_is_lost(session: Session) -> None:
    filed(session, Operator.MOBILE)
    lapsed(session, Operator.MOBILE)

    assert not standing(session, [OURS])[OURS][Operator.MOBILE].filed
    assert len(session.scalars(select(SignatureFiling)).all()) == 2
    assert session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "signature_recorded")).all() == [
        KEEPER,
        KEEPER,
    ]


def test_no_role_of_the_application_deletes_a_filing(session: Session) -> None:
    filed(session, Operator.MOBILE)
    session.commit()

    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(delete(SignatureFiling))


def test_what_cannot_be_is_refused_with_a_sentence(session: Session) -> None:
    with pytest.raises(FilingRefused, match="没有登记过向移动备案"):
        lapsed(session, Operator.MOBILE)
    filed(session, Operator.MOBILE)
    with pytest.raises(FilingRefused, match="在备案的日期"):
        lapsed(session, Operator.MOBILE, TODAY - 10 * DAY)
    with pytest.raises(FilingRefused, match="在今天以后"):
        record(session, OURS, Operator.UNICOM, True, TODAY + DAY, KEEPER, A_MONDAY)


def test_a_keeper_sees_the_signatures_of_the_offices_in_scope(session: Session) -> None:
    a_school(session)
    a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学")

    assert signatures_within(session, EVERYWHERE) == [OURS, "邻县教育局"]
    assert signatures_within(session, scope_of(a_county(session))) == [OURS]


def test_what_is_queued_waits_for_the_filing_and_then_leaves_by_itself(session: Session) -> None:
    a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    filed(session, Operator.MOBILE, Operator.UNICOM)
    here = scope_of(a_county(session))
    assert claim(session, "one", A_MONDAY, operators=ALL) == []
    assert (count_held(session, here, ALL), count_held(session, here, ())) == (1, 0)
    seen = operations(session, A_MONDAY + DAY, ALL)
    assert (seen.due, seen.unfiled, seen.late) == (0, 1, False)

    filed(session, Operator.TELECOM)

    assert count_held(session, here, ALL) == 0
    assert operations(session, A_MONDAY + DAY, ALL).late
    assert len(claim(session, "one", A_MONDAY, operators=ALL)) == 1


def test_what_is_due_is_not_late_while_nothing_may_leave(session: Session) -> None:
    a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")

    night = operations(session, A_MONDAY + DAY / 2)

    assert (night.due, night.oldest_due_seconds, night.late) == (0, 0, False)
    assert operations(session, A_MONDAY + DAY).late


def test_what_is_paused_is_not_late(session: Session) -> None:
    a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    pause(session, a_county(session).id, "核实名单", KEEPER, A_MONDAY)

    seen = operations(session, A_MONDAY + DAY, ALL)

    assert (seen.due, seen.paused, seen.unfiled, seen.late) == (0, 1, 0, False)
