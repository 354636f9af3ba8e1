"""What was approved is what is sent: the words by their version, the price by the way they go."""

from decimal import Decimal

from sqlalchemy.orm import Session

from portal.access.wechat import bind
from portal.clock import SchoolTerm
from portal.models import Campaign
from portal.outreach import campaigns
from portal.outreach.campaign_lists import counted
from portal.outreach.drawing_up import draw_up
from portal.outreach.last_look import WORDS_CHANGED
from portal.outreach.sayings import wordings_of
from portal.outreach.wordings import name_of, save
from portal.suppliers import Apps
from portal.vocabulary import Audience, MessageState
from tests.builders import A_MONDAY, TERM, a_pupil, a_school
from tests.coverage.builders import a_match
from tests.outreach.campaigns import SCHOOL, THESE_DAYS, let_go, listed, of, publicity, remind


def test_words_that_changed_since_are_not_sent_on_that_approval(session: Session) -> None:
    pupil = a_pupil(session)
    campaign = publicity(session)
    campaign.counts = campaign.counts | {"versions": {"publicity_opening": 0}}
    let_go(session, campaign)
    remind()

    (message,) = of(session, campaign)
    assert (message.state, message.because) == (MessageState.SUPPRESSED, WORDS_CHANGED)
    assert [row.pupil_id for row in message.pupils] == [pupil.id]


def test_what_goes_by_wechat_is_counted_and_costs_nothing(session: Session) -> None:
    pupil = a_pupil(session)
    bind(session, "wx1", "oABCDEFGHIJKLMNOPQRSTUVWXYZ1", [pupil.id], A_MONDAY)
    a_match(session, pupil)
    campaign = listed(session, pupil)
    draw_up(session, campaign, SCHOOL, A_MONDAY, Apps(appid="wx1"))

    found = counted(campaign, Decimal("0.05"))
    assert (found.messages, found.in_wechat, found.parts, found.yuan) == (1, 1, 0, 0)


def test_a_school_reads_its_words_as_they_will_be_signed(session: Session) -> None:
    (said,) = wordings_of(session, a_schools_own_words(session))

    assert said.text == "【示例县教育局】周五家长会讲学生资助,请参加,电话0510-00000001"


def a_schools_own_words(session: Session) -> Campaign:
    school = a_school(session)
    wording = save(session, school, "家长会", "周五家长会讲学生资助,请参加,电话〔电话〕", SCHOOL, A_MONDAY)
    return campaigns.make(
        session, school, "家长会", Audience.EVERYONE, name_of(wording), SchoolTerm.parse(TERM), THESE_DAYS, SCHOOL,
        A_MONDAY,
    )  # fmt: skip
