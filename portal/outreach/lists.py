"""What pages show of messages: for staff within their scope, and the sandbox's outbox as a phone would show it."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from portal.access.scope import Scope
from portal.models import Message, MessagePupil
from portal.outreach.campaigns import STOPPED
from portal.outreach.last_look import CONFIRMED, NUMBER_CHANGED, OVER, UNBOUND, WORDS_CHANGED
from portal.outreach.left_out import LEFT_OUT
from portal.privacy.masking import mask_phone
from portal.vocabulary import Channel, MessageState

BECAUSE = {
    CONFIRMED: "事情已经办好，不用再发",
    NUMBER_CHANGED: "名册里的号码已经换了，按新号码另发",
    UNBOUND: "家长现在不能用微信收，改发短信",
    WORDS_CHANGED: "文案改过了，和批准的不一样；请重新预览、提交",
    STOPPED: "批次已停止，没有发",
    OVER: "过了停止日期，没有发",
    **{code: f"{why.label}；{why.tell}".rstrip("；") for code, why in LEFT_OUT.items()},
}
CODE = re.compile(r"（[ -~]*）$")
"""A supplier's own code behind our words: kept for whoever asks the supplier, and no word for a desk."""


@dataclass(frozen=True)
class MessageShown:
    """``phone`` is masked; ``text`` is empty for what was never written or is older than 90 days."""

    id: UUID
    phone: str
    text: str
    channel: Channel
    state: MessageState
    because: str
    step: int
    parts: int
    template: str
    planned_at: datetime
    due_at: datetime
    sent_at: datetime | None
    pupils: tuple[UUID, ...]


@dataclass(frozen=True)
class Phone:
    """One number's screen, the newest message last."""

    phone: str
    messages: tuple[MessageShown, ...]


def why_not(because: str | None) -> str:
    """Why a message did not leave or arrive, as a desk reads it."""
    return BECAUSE.get(because or "", CODE.sub("", because or ""))


def messages_of_pupil(session: Session, pupil_id: UUID) -> tuple[MessageShown, ...]:
    """Newest first; what is shown of others on the same number is nothing."""
    statement = (
        select(Message)
        .join(MessagePupil, MessagePupil.message_id == Message.id)
        .where(MessagePupil.pupil_id == pupil_id)
        .order_by(Message.planned_at.desc(), Message.step.desc())
    )
    return tuple(_shown(message) for message in session.scalars(statement.options(selectinload(Message.pupils))))


def recent_messages(
    session: Session, scope: Scope, state: MessageState | None = None, most: int = 100, skip: int = 0
) -> tuple[MessageShown, ...]:
    """Newest first."""
    statement = scope.narrow(select(Message), Message.school_id).order_by(Message.planned_at.desc(), Message.id)
    if state is not None:
        statement = statement.where(Message.state == state)
    found = session.scalars(statement.options(selectinload(Message.pupils)).limit(most).offset(skip))
    return tuple(_shown(message) for message in found)


def count_by_state(session: Session, scope: Scope) -> dict[MessageState, int]:
    """Every state in the order a message passes through, also those with none."""
    statement = scope.narrow(select(Message.state, func.count()), Message.school_id).group_by(Message.state)
    counts = dict(iter(session.execute(statement)))
    return {state: counts.get(state, 0) for state in MessageState}


def phones(session: Session, scope: Scope, most: int = 50) -> tuple[Phone, ...]:
    """The sandbox's outbox: the phones that were written to last, each with everything on its screen."""
    arrived = (Message.state.in_((MessageState.DELIVERED, MessageState.ACCEPTED)), Message.gateway == "sandbox")
    latest = (
        scope.narrow(select(Message.phone_index), Message.school_id)
        .where(*arrived)
        .group_by(Message.phone_index)
        .order_by(func.max(Message.sent_at).desc())
        .limit(most)
    )
    indexes = list(session.scalars(latest))
    statement = scope.narrow(select(Message), Message.school_id).where(Message.phone_index.in_(indexes), *arrived)
    screens: dict[bytes, list[Message]] = {index: [] for index in indexes}
    for message in session.scalars(statement.order_by(Message.sent_at).options(selectinload(Message.pupils))):
        screens[message.phone_index].append(message)
    return tuple(
        Phone(mask_phone(screen[0].phone or ""), tuple(_shown(message) for message in screen))
        for screen in screens.values()
    )


def _shown(message: Message) -> MessageShown:
    return MessageShown(
        id=message.id,
        phone=mask_phone(message.phone or ""),
        text=message.text or "",
        channel=message.channel,
        state=message.state,
        because=why_not(message.because),
        step=message.step,
        parts=message.parts,
        template=f"{message.template} v{message.template_version}" if message.template else "",
        planned_at=message.planned_at,
        due_at=message.due_at,
        sent_at=message.sent_at,
        pupils=tuple(row.pupil_id for row in message.pupils),
    )
