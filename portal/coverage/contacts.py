"""联系记录: somebody spoke to the family, and what the family said counts as if it had said it itself (N3-9, J6)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal import audit
from portal.coverage.progress import note_answered, note_denied, note_reached
from portal.enrolment.confirmation import confirm, withdraw
from portal.models import ContactRecord, Pupil
from portal.privacy.masking import one_line
from portal.vocabulary import Channel

BY_A_PERSON = (Channel.PHONE, Channel.VISIT, Channel.WECHAT, Channel.SLIP)


class ContactRefused(ValueError):
    """One sentence that says what does not fit together."""


@dataclass(frozen=True)
class Answer:
    """The two questions of 就学信息确认, as the family answered them to a person."""

    label: str
    in_school: bool
    wants_aid: bool


ANSWERS = {
    "yes": Answer("在校，需要资助", in_school=True, wants_aid=True),
    "no_aid": Answer("在校，暂时不需要资助", in_school=True, wants_aid=False),
    "left": Answer("不在这所学校了", in_school=False, wants_aid=False),
}


DENIED = "denied"
"""我没同意: what was recorded in the family's name is taken back."""
DENIED_LABEL = "没有同意过，记错了"
CONSENT = {
    Channel.PHONE: "电话口头同意",
    Channel.VISIT: "当面同意",
    Channel.WECHAT: "微信里同意",
    Channel.SLIP: "回执上同意",
}
"""How it was given, kept beside who asked and when (N3-9)."""


@dataclass(frozen=True)
class Spoken:
    """``answer`` is a code of ANSWERS, or empty when nothing was asked."""

    channel: Channel
    reached: bool
    answer: str
    words: str


def record_contact(session: Session, pupil: Pupil, term: str, spoken: Spoken, by: str, now: datetime) -> None:
    """Numbers in the words are struck out. Raise ContactRefused."""
    channel, reached, answer = spoken.channel, spoken.reached, spoken.answer
    if channel not in BY_A_PERSON:
        raise ContactRefused("这种联系由系统自己记，请选电话、上门、微信或纸质告知单")
    if answer and not reached:
        raise ContactRefused("没有联系上，就没有家长的回答；请改一处")
    said = ANSWERS.get(answer)
    outcome = "；".join(filter(None, [_answered(spoken), one_line(spoken.words)]))
    session.add(
        ContactRecord(
            pupil_id=pupil.id,
            school_id=pupil.school_id,
            at=now,
            channel=channel,
            by=by,
            reached=reached,
            outcome=outcome,
        )
    )
    audit.record(
        session, by, "contact_recorded",
        unit_id=pupil.school_id, pupil_id=pupil.id, channel=channel.value, reached=reached, answer=answer,
    )  # fmt: skip
    if answer == DENIED:
        withdraw(session, pupil, term, by, now)
        note_denied(session, pupil.id, term, by, now)
    elif said is not None:
        confirm(session, pupil, term, said.in_school, said.wants_aid, by, now)
        note_answered(session, pupil.id, term, said.in_school, said.wants_aid, by, now)
    elif reached:
        note_reached(session, pupil.id, term, by, now, f"{channel.label}联系到家长")


def _answered(spoken: Spoken) -> str:
    """What was said, and for a yes how it was given."""
    if spoken.answer == DENIED:
        return f"家长说：{DENIED_LABEL}"
    said = ANSWERS.get(spoken.answer)
    if said is None:
        return ""
    return f"口头回答：{said.label}" + (f"（{CONSENT[spoken.channel]}）" if said.wants_aid else "")
