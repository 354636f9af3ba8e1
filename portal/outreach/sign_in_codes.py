"""登录码的短信: the answer to somebody who asked a moment ago, and no reminder.

So neither quiet hours, nor the one message a day, nor a pause hold it back, and it may hold what no reminder may: a
code. All else that is forbidden stays so: no child, no category, no link. It goes to a number of the roster that is
one family's own, at most once; who gets nothing asks again or takes the slip.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal import audit
from portal.access.codes import PER_PHONE, SLOWED, looked, make_code, waiting_requests
from portal.access.households import has_died, is_grown_up, only_guardians_act
from portal.access.tries import TooManyTries, count_try
from portal.clock import local
from portal.models import CodeRequest, Demonstration, Guardian, Message, Pupil
from portal.outreach.code_budget import Pace, pace_of
from portal.outreach.contacts import Ownership, ownership_of
from portal.outreach.gateways.protocol import MOBILE, Gateway, Outgoing, parts
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.messages import Template, TemplateFault, template
from portal.outreach.supplier_templates import approved
from portal.outreach.words import lint
from portal.outreach.writing import office_of, signature
from portal.privacy.names import name_key
from portal.vocabulary import Channel, MessageState

log = structlog.get_logger()

BATCH = 10
TEMPLATE = "codes/sign_in_code"
MATTER = "sign-in-code"
SELF = ("本人", "自己", "学生")


def send_codes(sessions: "sessionmaker[Session]", gateways: Sequence[Gateway], now: Callable[[], datetime]) -> int:
    """Everybody who asked is looked up once and forgotten, then those few get their code; how many were looked up."""
    gateway = next((gateway for gateway in gateways if Channel.SMS in gateway.channels), None)
    if gateway is None:
        return 0
    with sessions.begin() as session:
        requests = waiting_requests(session, now(), BATCH)
        limits = _limits(session, now()) if requests else None
        outgoing = [
            message for request in requests if limits and (message := _answer(session, request, gateway, limits, now()))
        ]
        for request in requests:
            looked(request, now())
    for message in outgoing:
        outcome = gateway.send(message)
        log.info("code sent", gateway=gateway.name, handed=outcome.handed.value, code=outcome.code)
    return len(requests)


def _limits(session: Session, now: datetime) -> Sequence[str] | None:
    """How often a number may be sent a code while so many are; None while nobody is, and an operator is called."""
    pace = pace_of(session, now)
    if pace is not Pace.USUAL:
        log.error("too many codes", pace=pace.value)
    return {Pace.USUAL: PER_PHONE, Pace.SLOWED: (*PER_PHONE, SLOWED), Pace.STOPPED: None}[pace]


def _answer(
    session: Session, request: CodeRequest, gateway: Gateway, limits: Sequence[str], now: datetime
) -> Outgoing | None:
    """None for a child that is not there, and for one without a number that is its family's own."""
    pupil = next(iter(_pupils(session, request)), None)
    phone = _number_for(session, pupil, now) if pupil else None
    if pupil is None or phone is None or has_died(session, pupil.id):
        return None
    try:
        for limit in limits:
            count_try(session, limit, phone, now)
    except TooManyTries:
        return None
    text = say_code(make_code(request, [pupil.id]), signature(office_of(pupil.school).name))
    audit.record(session, "portal", "code_sent", unit_id=pupil.school_id, pupil_id=pupil.id)
    message = _message(pupil, request, phone, text, gateway.name, now)
    if isinstance(gateway, Sandbox) and session.scalars(select(Demonstration.id)).first() is not None:
        session.add(message)  # the demonstration's phone page shows it; nowhere else is a code kept
    words = (gateway.name, message.template, message.template_version)
    return Outgoing(request.id, phone, text, approved(session, [words])[words])


def say_code(code: str, office: str) -> str:
    """Raise TemplateFault for a wording that says more than the code."""
    written: Template = template(TEMPLATE)
    for wording in written.wordings:
        text = wording.format(signature=office, code=code)
        if not lint(text.replace(code, "")):
            return text
    raise TemplateFault(f"{TEMPLATE}：没有一句可以发")


def _pupils(session: Session, request: CodeRequest) -> list[Pupil]:
    index = Pupil.id_number.digest(request.id_number)
    same_number = session.scalars(select(Pupil).where(Pupil.id_number_index == index).order_by(Pupil.arrived_at.desc()))
    return [pupil for pupil in same_number if name_key(pupil.name or "") == name_key(request.name or "")]


def _number_for(session: Session, pupil: Pupil, now: datetime) -> str | None:
    """The first number of the roster that may act for the child, if no other family has it (J7)."""
    for guardian in pupil.guardians:
        phone, index = guardian.phone or "", guardian.phone_index
        if index and MOBILE.fullmatch(phone) and _may_act(guardian, pupil, now):
            return phone if ownership_of(session, index) is Ownership.OWN else None
    return None


def _may_act(guardian: Guardian, pupil: Pupil, now: datetime) -> bool:
    """Below 14 a guardian, from 18 the student alone, between them both (PIPL 31, J8)."""
    today = local(now).date()
    same_number = bool(guardian.id_number_index) and guardian.id_number_index == pupil.id_number_index
    is_self = same_number or any(word in guardian.relation for word in SELF)
    return is_self if is_grown_up(pupil, today) else not (is_self and only_guardians_act(pupil, today))


def _message(pupil: Pupil, request: CodeRequest, phone: str, text: str, gateway: str, now: datetime) -> Message:
    return Message(
        id=request.id,
        school_id=pupil.school_id,
        matter=MATTER,
        step=1,
        channel=Channel.SMS,
        gateway=gateway,
        phone=phone,
        text=text,
        template=TEMPLATE,
        template_version=template(TEMPLATE).version,
        parts=parts(text),
        state=MessageState.DELIVERED,
        due_at=now,
        planned_at=now,
        sent_at=now,
        settled_at=now,
        attempts=1,
    )
