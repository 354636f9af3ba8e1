"""企业微信家长: the school's directory says who reads its notices; a parent is found by the mobile on our roster."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from portal import audit
from portal.models import Guardian, WecomParent
from portal.outreach.gateway import wecom
from portal.outreach.gateways.wecom_directory import Parent, parents_of
from portal.settings import Settings


@dataclass(frozen=True)
class Synchronised:
    """``unknown``: parents whose mobile stands beside no pupil of ours."""

    found: int = 0
    ended: int = 0
    unknown: int = 0


def synchronise(sessions: "sessionmaker[Session]", settings: Settings, by: str, now: datetime) -> Synchronised:
    """Nothing is asked of 企业微信 while it is not in use; raises DirectoryAway, and then all stands as it stood."""
    corp_id = settings.suppliers.apps.corp_id
    if not corp_id:
        return Synchronised()
    parents = parents_of(wecom(settings))
    with sessions.begin() as session:
        return keep_parents(session, corp_id, parents, by, now)


def keep_parents(session: Session, corp_id: str, parents: Iterable[Parent], by: str, now: datetime) -> Synchronised:
    """The whole directory: who is no longer in it is not written to there any more."""
    by_number = {Guardian.phone.digest(parent.mobile) or b"": parent for parent in parents}
    beside = select(Guardian.phone_index, Guardian.pupil_id, Guardian.school_id)
    wanted: dict[tuple[bytes, UUID], WecomParent] = {}
    known = set()
    for index, pupil_id, school_id in session.execute(beside.where(Guardian.phone_index.in_(by_number))):
        if index is None:
            continue
        known.add(index)
        found = WecomParent(
            corp_id=corp_id, userid=by_number[index].userid, phone_index=index, pupil_id=pupil_id,
            school_id=school_id, found_at=now,
        )  # fmt: skip
        wanted[found.userid_index, pupil_id] = found
    standing = select(WecomParent).where(WecomParent.corp_id == corp_id, WecomParent.ended_at.is_(None))
    ended = 0
    for parent in session.scalars(standing).all():
        same = wanted.get((parent.userid_index, parent.pupil_id))
        if same is not None and same.phone_index == parent.phone_index:
            del wanted[parent.userid_index, parent.pupil_id]
        else:
            parent.ended_at = now
            ended += 1
    session.flush()
    session.add_all(wanted.values())
    session.flush()
    counted = Synchronised(len(wanted), ended, len(by_number.keys() - known))
    if counted.found or counted.ended:
        audit.record(session, by, "wecom_parents_kept", found=counted.found, ended=counted.ended)
    return counted
