"""企业微信: parents from the school's own directory, told there after WeChat and before SMS, in neutral words."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Guardian, Pupil, WecomParent
from portal.outreach.dispatch import tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.gateways.wecom import Wecom
from portal.outreach.gateways.wecom_directory import DirectoryAway, Parent, parents_of
from portal.outreach.wecom_parents import Synchronised, keep_parents
from portal.suppliers import Apps
from portal.vocabulary import Channel, MessageState
from tests.builders import A_MONDAY
from tests.outreach.cases import a_matched_pupil, messages, sessions
from tests.outreach.gateways.servers import Asked, supplier

CORP, PHONE = "ww1", "19900000001"
DAY = timedelta(days=1)
MOTHER = Parent("wang_li", PHONE)
TREE = [{"id": 1, "parentid": 0, "type": 5}, {"id": 7, "parentid": 1, "type": 1}, {"id": 8, "parentid": 1, "type": 1}]
CLASSES = {
    "7": [
        {"parent_userid": "wang_li", "mobile": PHONE, "is_subscribe": 1, "children": [{"student_userid": "xiaoyu"}]},
        {"parent_userid": "wang_qiang", "mobile": "19900000002", "is_subscribe": 0},
        {"parent_userid": "no_number", "mobile": "", "is_subscribe": 1},
    ],
    "8": [],
}


def wecom(asked: Asked) -> object:
    """A school whose directory has two classes; what is sent arrives."""
    if asked.path == "/cgi-bin/gettoken":
        return {"errcode": 0, "access_token": "t", "expires_in": 7200}
    if asked.path == "/cgi-bin/school/department/list":
        return {"errcode": 0, "departments": TREE}
    if asked.path == "/cgi-bin/school/user/list_parent":
        return {"errcode": 0, "parents": CLASSES[asked.query["department_id"]]}
    return {"errcode": 0}


def remind(answer=wecom, *days: int) -> list[dict[str, object]]:
    """What 企业微信 was asked to send on these days."""
    with supplier(answer) as (url, heard):
        for day in days:
            app = Wecom(CORP, "hidden", "1000002", url)
            tick(sessions(), (app, Sandbox()), A_MONDAY + day * DAY, apps=Apps(corp_id=CORP))
    return [json.loads(asked.body) for asked in heard if asked.path.endswith("/message/send")]


def a_following_family(session: Session) -> Pupil:
    pupil = a_matched_pupil(session, phone=PHONE)
    keep_parents(session, CORP, [MOTHER], "portal", A_MONDAY - DAY)
    session.commit()
    return pupil


def ways(session: Session) -> list[tuple[Channel, int, MessageState]]:
    return [(message.channel, message.step, message.state) for message in messages(session)]


def test_the_directory_is_read_class_by_class_and_names_who_follows() -> None:
    with supplier(wecom) as (url, heard):
        assert parents_of(Wecom(CORP, "hidden", "1000002", url)) == (MOTHER,)

    asked = [one for one in heard if one.path.endswith("list_parent")]
    assert [one.query for one in asked] == [{"access_token": "t", "department_id": n} for n in ("7", "8")]


@pytest.mark.parametrize("answer", [{"errcode": 60020}, {"errcode": 0, "departments": []}, ["nothing"]])
def test_a_directory_that_cannot_be_read_concludes_nothing(answer: object) -> None:
    def refusing(asked: Asked) -> object:
        return wecom(asked) if asked.path.endswith("gettoken") else answer

    with supplier(refusing) as (url, _), pytest.raises(DirectoryAway):
        parents_of(Wecom(CORP, "hidden", "1000002", url))


def test_a_parent_is_found_by_the_mobile_of_the_roster_and_ends_when_it_follows_no_more(session: Session) -> None:
    pupil = a_matched_pupil(session, phone=PHONE)
    stranger = Parent("nobody", "19900000999")

    first = keep_parents(session, CORP, [MOTHER, stranger], "portal", A_MONDAY)
    again = keep_parents(session, CORP, [MOTHER, stranger], "portal", A_MONDAY + DAY)
    last = keep_parents(session, CORP, [stranger], "portal", A_MONDAY + 2 * DAY)

    assert (first, again, last) == (Synchronised(1, 0, 1), Synchronised(0, 0, 1), Synchronised(0, 1, 1))
    kept = session.scalars(select(WecomParent)).one()
    assert (kept.userid, kept.pupil_id, kept.ended_at) == ("wang_li", pupil.id, A_MONDAY + 2 * DAY)


def test_a_parent_who_follows_is_told_there_in_neutral_words_and_next_time_by_sms(session: Session) -> None:
    a_following_family(session)

    (sent,) = remind(wecom, 0, 1, 4)

    words = sent.pop("text")
    assert sent == {
        "recv_scope": 1,
        "to_parent_userid": ["wang_li"],
        "msgtype": "text",
        "agentid": 1000002,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }
    assert "王" not in words["content"]
    assert ways(session) == [
        (Channel.WECOM, 1, MessageState.ACCEPTED),
        (Channel.SMS, 2, MessageState.DELIVERED),
    ]


def test_whom_wecom_does_not_reach_gets_the_sms_at_once(session: Session) -> None:
    a_following_family(session)

    def unknown(asked: Asked) -> object:
        return wecom(asked) | ({"invalid_parent_userid": ["wang_li"]} if asked.path.endswith("/send") else {})

    assert len(remind(unknown, 0, 0, 0)) == 1
    assert ways(session) == [(Channel.WECOM, 1, MessageState.FAILED), (Channel.SMS, 2, MessageState.DELIVERED)]


def test_a_number_that_is_another_by_now_is_not_told_there(session: Session) -> None:
    pupil = a_following_family(session)
    session.scalars(select(Guardian).where(Guardian.pupil_id == pupil.id)).one().phone = "19900000011"
    session.commit()

    assert remind(wecom, 0) == []
    assert ways(session) == [(Channel.SMS, 1, MessageState.DELIVERED)]
