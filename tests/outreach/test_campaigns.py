"""Campaigns: proposed by the calendar, counted, approved by a second person; the list approved is the list sent."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import EVERYWHERE
from portal.clock import SchoolTerm
from portal.models import Campaign, CampaignPupil, Confirmation, Entitlement, HardshipCategory, OptOut, OutreachPause
from portal.outreach import campaigns, pauses
from portal.outreach.calendar import due_for_proposal, occasions
from portal.outreach.campaigns import CampaignRefused
from portal.outreach.contacts import Ownership, ownership_of
from portal.outreach.drawing_up import draw_up
from portal.outreach.left_out import NO_MOBILE, NOT_CONCERNED, OPTED_OUT, SHARED_NUMBER
from portal.outreach.messages import template
from portal.outreach.results import results
from portal.outreach.wordings import WordingRefused, name_of, save
from portal.outreach.words import lint
from portal.vocabulary import Audience, CampaignState, Channel, ClaimMode, MessageState
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school
from tests.coverage.builders import a_match, a_row, opened
from tests.coverage.moves import accepted, moved
from tests.outreach.campaigns import DAY, OTHER, SCHOOL, THESE_DAYS, let_go, listed, of, publicity, remind
from tests.outreach.cases import a_matched_pupil, messages, sessions


def test_the_year_has_every_moment_of_the_notice() -> None:
    assert {occasion.moment for occasion in occasions()} >= {"录取", "报到", "开学", "认定", "贷款", "评审"}


@pytest.mark.parametrize("occasion", occasions(), ids=lambda occasion: occasion.code)
def test_an_occasion_is_proposed_before_it_begins_and_says_where_it_is_written(occasion) -> None:
    assert occasion.proposed_on(2026) < occasion.starts_on(2026) <= occasion.stops_on(2026)
    assert occasion.document and occasion.checked_on
    assert len(occasion.matter(2026)) <= 40


@pytest.mark.parametrize(
    "wording", sorted({occasion.wording for occasion in occasions() if occasion.audience is Audience.EVERYONE})
)
def test_publicity_is_one_segment_that_may_be_sent(wording: str) -> None:
    words = dict.fromkeys(("landline", "office_phone"), "0510-00000000") | {
        "date": "9月30日",
        "signature": "示例县教育局",
    }

    assert lint(template(wording).say(words)) == []


def test_a_term_has_its_campaigns_proposed_before_the_day_and_only_once(session: Session) -> None:
    a_school(session)
    august = A_MONDAY - 15 * DAY

    made = campaigns.propose(session, august)

    assert [one.occasion for one in session.scalars(select(Campaign))] == ["opening-autumn"]
    assert (made, campaigns.propose(session, august + DAY)) == (1, 0)
    assert date(2026, 8, 23) < session.scalars(select(Campaign.starts_on)).one()


def test_what_only_colleges_need_is_not_proposed_where_there_is_none(session: Session) -> None:
    a_school(session)
    campaigns.propose(session, A_MONDAY + 10 * DAY)

    assert "review" in {occasion.code for occasion in due_for_proposal(date(2026, 9, 17))}
    assert "review" not in session.scalars(select(Campaign.occasion)).all()


def test_a_preview_counts_numbers_and_not_children_and_sends_nothing(session: Session) -> None:
    a_pupil(session)
    a_pupil(session, name="王小川", id_number=None, grade="二年级", grade_number=2)
    a_pupil(session, name="赵远", id_number=None, phone=None, guardian="赵姑姑")

    campaign = publicity(session)

    assert (campaign.counts["pupils"], campaign.counts["messages"], campaign.counts["parts"]) == (3, 1, 1)
    assert campaign.counts["left_out"] == {NO_MOBILE: 1}
    assert (campaign.state, messages(session)) == (CampaignState.DRAWN, [])


def test_publicity_says_the_same_to_every_family_listed_or_not(session: Session) -> None:
    listed_child = a_matched_pupil(session)
    a_pupil(session, name="赵远", id_number=None, phone="19900000007", guardian="赵姑姑")
    campaign = publicity(session)
    let_go(session, campaign)
    for day in range(1, 3):
        remind(A_MONDAY + day * DAY)

    sent = of(session, campaign)
    assert len({message.text for message in sent}) == 1
    assert {row.pupil_id for message in sent for row in message.pupils} > {listed_child.id}


def test_a_number_gets_one_message_a_day_whatever_is_said(session: Session) -> None:
    a_matched_pupil(session)
    let_go(session, publicity(session))
    remind()

    days = {message.due_at.date() for message in messages(session)}
    assert (len(messages(session)), len(days)) == (2, 2)


def test_a_large_campaign_waits_for_somebody_else(session: Session) -> None:
    a_pupil(session)
    campaign = publicity(session)
    let_go(session, campaign, approve_above=0)
    remind()
    assert (campaign.state, of(session, campaign)) == (CampaignState.SUBMITTED, [])

    with pytest.raises(CampaignRefused, match="另一位"):
        campaigns.approve(session, campaign, SCHOOL, A_MONDAY)
    campaigns.approve(session, campaign, OTHER, A_MONDAY)
    session.commit()
    remind()

    assert [message.state for message in of(session, campaign)] == [MessageState.DELIVERED]


def test_what_was_let_go_while_it_was_counted_anew_stays_let_go(session: Session) -> None:
    a_matched_pupil(session)
    campaign = publicity(session)
    session.commit()
    with sessions()() as counting:
        counted_anew = counting.get_one(Campaign, campaign.id)
        let_go(session, campaign)

        with pytest.raises(CampaignRefused, match="已经提交"):
            draw_up(counting, counted_anew, OTHER, A_MONDAY)
    assert campaign.state is CampaignState.RUNNING


def test_nobody_who_came_after_the_approval_is_written_to(session: Session) -> None:
    a_pupil(session)
    campaign = publicity(session)
    let_go(session, campaign)
    a_pupil(session, name="赵远", id_number=None, phone="19900000007", guardian="赵姑姑")
    session.commit()
    remind()

    assert len(of(session, campaign)) == 1


def test_a_preview_of_yesterday_is_drawn_up_again(session: Session) -> None:
    a_pupil(session)
    campaign = publicity(session)

    with pytest.raises(CampaignRefused, match="重新预览"):
        campaigns.submit(session, campaign, 100, SCHOOL, A_MONDAY + 2 * DAY)


def test_after_its_last_day_nothing_leaves(session: Session) -> None:
    a_pupil(session)
    campaign = publicity(session)
    let_go(session, campaign)
    remind(A_MONDAY.replace(day=30, hour=13))  # 21:00: planned for the next morning, which is after its end
    remind(A_MONDAY.replace(day=30) + 10 * DAY)

    assert [message.because for message in of(session, campaign)] == ["campaign_over"]


def test_stopping_takes_back_what_has_not_left(session: Session) -> None:
    a_pupil(session)
    campaign = publicity(session)
    let_go(session, campaign)
    remind(A_MONDAY - timedelta(hours=2))  # 08:00: planned for nine
    unsent = campaigns.stop(session, campaign, OTHER, A_MONDAY)
    session.commit()
    remind()

    assert unsent == 1
    assert [(message.state, message.because) for message in of(session, campaign)] == [
        (MessageState.SUPPRESSED, "campaign_stopped")
    ]


@pytest.mark.parametrize("place", ["school", "county", "all"])
def test_a_pause_holds_within_the_minute_and_nothing_is_lost(session: Session, place: str) -> None:
    pupil = a_matched_pupil(session)
    remind(A_MONDAY - timedelta(hours=2))  # planned for nine
    unit = {"school": pupil.school_id, "county": a_county(session).id, "all": None}[place]
    standing = pauses.pause(session, unit, "核实名单", OTHER, A_MONDAY)
    session.commit()
    held = remind()
    with sessions().begin() as other:
        pauses.lift(other, other.get_one(OutreachPause, standing.id), OTHER, A_MONDAY)
    freed = remind(A_MONDAY + timedelta(minutes=2))

    assert (held.as_json()["sent"], freed.as_json()["sent"]) == (0, 1)


def test_a_pause_of_the_neighbour_holds_nobody_else(session: Session) -> None:
    a_matched_pupil(session)
    neighbour = a_county(session, "3299010", "近似县")
    pauses.pause(session, neighbour.id, "核实名单", OTHER, A_MONDAY)
    session.commit()

    assert remind().as_json()["sent"] == 1


def test_a_list_is_sent_to_those_whose_matter_it_still_is(session: Session) -> None:
    waiting = a_matched_pupil(session)
    unmatched = a_pupil(session, name="赵远", id_number=None, phone="19900000007", guardian="赵姑姑")
    campaign = listed(session, waiting, unmatched)

    left_out = dict(iter(session.execute(select(CampaignPupil.pupil_id, CampaignPupil.left_out))))
    assert left_out == {waiting.id: None, unmatched.id: NOT_CONCERNED}
    assert campaign.counts["messages"] == 1


def test_a_campaign_remembers_that_a_family_answered_though_its_child_moved_since(session: Session) -> None:
    row = a_row(session)
    campaign = listed(session, row.pupil)
    said = {"in_school": True, "wants_aid": True, "receipt": "A1", "said_at": A_MONDAY, "by": "family"}
    session.add(Confirmation(pupil_id=row.pupil_id, school_id=row.school_id, term=TERM, **said))
    session.flush()
    accepted(session, moved(session, row))

    assert [one.words for one in results(session, EVERYWHERE, campaign, False, 10, 0)] == ["家长已经知晓"]


def test_who_has_to_apply_is_told_which_aid_until_the_row_says_applied(session: Session) -> None:
    pupil = a_pupil(session)
    a_match(session, pupil)
    opened(session)
    row = session.scalars(select(Entitlement)).first()
    row.claim_mode = ClaimMode.APPLY
    session.commit()
    campaign = listed(session, pupil, audience=Audience.TO_APPLY)
    let_go(session, campaign)
    remind()
    remind(A_MONDAY + DAY)

    assert "要申请一次" in (of(session, campaign)[0].text or "")


def test_an_opt_out_is_obeyed_and_told(session: Session) -> None:
    pupil = a_matched_pupil(session)
    index = pupil.guardians[0].phone_index or b""
    session.add(OptOut(phone_index=index, channel=Channel.SMS, source="reply", at=A_MONDAY))
    session.commit()

    assert remind().suppressed == {OPTED_OUT: 1}
    assert messages(session) == []


def test_a_shared_number_is_passed_over_for_the_second_guardians(session: Session) -> None:
    pupils = [
        a_pupil(session, name=f"王{chr(0x5B50 + n)}", id_number=None, guardian=f"李{chr(0x5B50 + n)}")
        for n in range(23)
    ]
    session.flush()
    campaign = publicity(session)

    assert campaign.counts["left_out"] == {SHARED_NUMBER: 23}
    assert ownership_of(session, pupils[0].guardians[0].phone_index or b"") is Ownership.SHARED
    assert len(pupils) == 23


def test_own_words_are_kept_in_versions_and_sent_alike(session: Session) -> None:
    county = a_county(session)
    first = save(session, county, "家长会", "家长会上讲学生资助,请带孩子参加,电话〔电话〕", SCHOOL, A_MONDAY)
    second = save(session, county, "家长会", "周五家长会讲学生资助,请参加,电话〔电话〕", SCHOOL, A_MONDAY)
    a_pupil(session)
    campaign = campaigns.make(
        session,
        county,
        "家长会",
        Audience.EVERYONE,
        name_of(second),
        SchoolTerm.parse(TERM),
        THESE_DAYS,
        SCHOOL,
        A_MONDAY,
    )
    draw_up(session, campaign, SCHOOL, A_MONDAY)
    let_go(session, campaign)
    remind()

    (sent,) = of(session, campaign)
    assert (first.version, second.version, sent.template_version) == (1, 2, 2)
    assert sent.text == "【示例县教育局】周五家长会讲学生资助,请参加,电话0510-00000001"


def test_words_that_ask_for_proof_are_refused_with_the_clause(session: Session) -> None:
    with pytest.raises(WordingRefused) as refused:
        save(session, a_school(session), "通知", "请携带低保证复印件", SCHOOL, A_MONDAY)

    assert "苏教助函〔2020〕8号 三（一）" in str(refused.value)


def test_words_that_name_a_category_the_province_added_are_refused(session: Session) -> None:
    session.add(HardshipCategory(code="ILL", name="重病患儿", aliases=["大病儿"], bureau="卫健"))
    with pytest.raises(WordingRefused, match="有困难类别“大病儿”"):
        save(session, a_school(session), "通知", "大病儿可以参加家长会", SCHOOL, A_MONDAY)
