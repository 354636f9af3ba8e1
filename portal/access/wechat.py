"""微信绑定: a road back for a family that signed in once; never the only one, and ended whenever it likes."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from portal import audit
from portal.access.households import is_grown_up
from portal.access.tries import Asker, count_try, take_back
from portal.clock import local
from portal.database import reach_pupils, set_reach
from portal.models import Pupil, WechatBinding

WORDS_VERSION = 1
"""Of the sentence a family agrees to; it stands in families/wechat_bind.html."""


class NotBound(Exception):
    """This WeChat opens nobody's page, or no longer."""


def bind(session: Session, appid: str, openid: str, children: Sequence[UUID], now: datetime) -> None:
    """For each child of the visit; bound again it stands as it stood."""
    standing = set(session.scalars(_standing(appid, openid).with_only_columns(WechatBinding.pupil_id)))
    for pupil_id in (key for key in children if key not in standing):
        pupil = session.get_one(Pupil, pupil_id)
        binding = WechatBinding(
            appid=appid,
            openid=openid,
            pupil_id=pupil_id,
            school_id=pupil.school_id,
            by_student=is_grown_up(pupil, local(now).date()),
            words_version=WORDS_VERSION,
            agreed_at=now,
        )
        session.add(binding)
        audit.record(session, "family", "wechat_bound", unit_id=pupil.school_id, pupil_id=pupil_id)


def find_bound(session: Session, appid: str, openid: str, asker: Asker, now: datetime) -> list[Pupil]:
    """Raise NotBound or TooManyTries; the caller commits. What a guardian bound ends at eighteen (J8)."""
    for what, who in asker.counted:
        count_try(session, what, who, now)
    bindings = session.scalars(_standing(appid, openid)).all()
    set_reach(session, reach_pupils(binding.pupil_id for binding in bindings))
    pupils = [
        pupil
        for binding in bindings
        if binding.by_student is is_grown_up(pupil := session.get_one(Pupil, binding.pupil_id), local(now).date())
    ]
    if not pupils:
        audit.record(session, "nobody", "sign_in_failed", source=asker.source, because="no such binding")
        raise NotBound
    for what, who in asker.counted:
        take_back(session, what, who)
    for pupil in pupils:
        audit.record(session, "family", "signed_in", pupil_id=pupil.id, unit_id=pupil.school_id, source=asker.source)
    return pupils


def openids_of(session: Session, appid: str, children: Sequence[UUID], day: date) -> dict[UUID, str]:
    """Who may be written to about each child in this account, the latest bound; what a guardian bound ends at 18."""
    standing = (
        select(WechatBinding)
        .where(WechatBinding.appid == appid, WechatBinding.pupil_id.in_(children), WechatBinding.ended_at.is_(None))
        .order_by(WechatBinding.agreed_at)
    )
    bound = {binding.pupil_id: binding for binding in session.scalars(standing)}
    return {
        pupil.id: bound[pupil.id].openid or ""
        for pupil in session.scalars(select(Pupil).where(Pupil.id.in_(bound)))
        if bound[pupil.id].by_student is is_grown_up(pupil, day)
    }


def is_bound(session: Session, children: Sequence[UUID]) -> bool:
    standing = select(WechatBinding.id).where(WechatBinding.pupil_id.in_(children), WechatBinding.ended_at.is_(None))
    return session.scalars(standing).first() is not None


def unbind(session: Session, children: Sequence[UUID], now: datetime) -> None:
    """Every WeChat of these children, as easily as it was bound (PIPL 15)."""
    ended = update(WechatBinding).where(WechatBinding.pupil_id.in_(children), WechatBinding.ended_at.is_(None))
    for pupil_id in session.scalars(ended.values(ended_at=now).returning(WechatBinding.pupil_id)).all():
        audit.record(session, "family", "wechat_unbound", pupil_id=pupil_id)


def _standing(appid: str, openid: str) -> Select[WechatBinding]:
    index = WechatBinding.openid.digest(openid)
    return select(WechatBinding).where(
        WechatBinding.appid == appid, WechatBinding.openid_index == index, WechatBinding.ended_at.is_(None)
    )
