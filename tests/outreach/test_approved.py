"""What was approved is what is sent: the words by their version, the price by the way they go."""

from decimal import Decimal

from sqlalchemy.orm import Session

from portal.access.wechat import bind
from portal.outreach.campaign_lists import counted
from portal.outreach.drawing_up import draw_up
from portal.outreach.last_look import WORDS_CHANGED
from portal.suppliers import Apps
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY, a_pupil
from tests.coverage.builders import a_match
from tests.outreach.test_campaigns import SCHOOL, let_go, listed, of, publicity, remind


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
