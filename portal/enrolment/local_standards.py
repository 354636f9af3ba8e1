"""地方标准: proposed for one's own unit, approved by another person, laid over the files from then on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal import audit
from portal.access.scope import Scope
from portal.clock import local
from portal.database import lock
from portal.models import PolicyOverlay, StaffMember, Unit
from portal.policies.catalogue import Catalogue, load_catalogue
from portal.policies.local_standard import (
    Difference,
    Proposal,
    differences,
    own_differences,
    read_own_policy,
    read_proposal,
    refuse_silent_lowering,
)
from portal.policies.local_words import Worded, worded, worded_own
from portal.policies.own_policy import OwnPolicy
from portal.policies.policy import Overlay, Policy, Version, version_on
from portal.policies.tables import CatalogueError
from portal.vocabulary import OverlayState

LONGEST = 200
log = structlog.get_logger()
FILES = load_catalogue()
"""What was delivered with the portal; the law changes by a new delivery, local standards by two officers."""
APPROVED = PolicyOverlay.state == OverlayState.APPROVED
Stamp = tuple[object, ...]
_COUNTED = select(func.count().over(), PolicyOverlay.id).where(APPROVED)
_LATEST = _COUNTED.order_by(PolicyOverlay.decided_at.desc(), PolicyOverlay.id).limit(1)
_known: dict[Stamp, Catalogue] = {}


class StandardRefused(ValueError):
    """One sentence: why not, and what to do instead."""


@dataclass(frozen=True)
class Compared:
    """A proposal beside what holds: yuan by rung, and the words of families that would change."""

    sums: tuple[Difference, ...]
    words: tuple[Worded, ...]

    @property
    def alike(self) -> bool:
        return not self.words and all(each.proposed == each.rung.now for each in self.sums)


def catalogue_of(session: Session) -> Catalogue:
    """The files with every approved local standard over them; read anew only after an approval."""
    stamp: Stamp = tuple(session.execute(_LATEST).first() or ())
    catalogue = _known.get(stamp)
    if catalogue is None:
        catalogue = FILES.under(_overlays(session))
        _known.clear()
        _known[stamp] = catalogue
    return catalogue


def division_of(unit: Unit) -> str:
    """Raise StandardRefused for a unit that is no city and no county: its policies are its county's."""
    if not (unit.code.isdecimal() and len(unit.code) in (4, 6)):
        raise StandardRefused("只有市、县能定地方标准；本单位的代码不是市的前4位或县的6位代码，请找账号管理员核对")
    return unit.code


def place_of(unit: Unit) -> str:
    """As families call it: 示例县."""
    return unit.name.removesuffix("教育局")


def propose(session: Session, unit: Unit, proposal: Proposal, by: StaffMember, now: datetime) -> PolicyOverlay:
    """It waits for a second person and changes nothing yet."""
    if proposal.checked_on > local(now).date():
        raise StandardRefused("核对日期不能晚于今天")
    shown = compare(session, unit, proposal)
    if proposal.own is None and proposal.claim_mode is None and shown.alike:
        raise StandardRefused("与现在执行的一样，没有要批准的：请至少改一档金额、办理方式，或写本地怎么办")
    return _kept(session, unit, proposal, by, now)


def check_again(session: Session, overlay: PolicyOverlay, by: StaffMember, now: datetime) -> PolicyOverlay:
    """重新核对: somebody held it against the document again; the same, checked today, waits for a second person."""
    if overlay.state is not OverlayState.APPROVED:
        raise StandardRefused(f"这一份{overlay.state.label}，只有正在执行的才要重新核对")
    follower = followed_by(session, overlay, local(now).date())
    if follower is not None:
        raise StandardRefused(f"从{follower.starts}起执行的是另一份，要核对的是那一份；这一份留着备查")
    if overlay.unit_id != by.unit_id:
        raise StandardRefused("要由定这个标准的单位自己核对")
    if overlay.checked_on >= local(now).date():
        raise StandardRefused("今天已经核对过了")
    return _kept(session, overlay.unit, replace(proposal_of(overlay), checked_on=local(now).date()), by, now)


def followed_by(session: Session, overlay: PolicyOverlay, day: date) -> PolicyOverlay | None:
    """The approved one of a later day that holds instead by now."""
    later = _of(overlay.unit, overlay.policy, OverlayState.APPROVED).where(
        PolicyOverlay.starts > overlay.starts, PolicyOverlay.starts <= day
    )
    return session.scalars(later.order_by(PolicyOverlay.starts.desc()).limit(1)).first()


def _kept(session: Session, unit: Unit, proposal: Proposal, by: StaffMember, now: datetime) -> PolicyOverlay:
    if session.scalars(_of(unit, proposal.policy, OverlayState.PROPOSED)).first():
        raise StandardRefused("这项政策已有一份在等批准，请先批准或退回那一份")
    overlay = PolicyOverlay(
        unit_id=unit.id, unit=unit, policy=proposal.policy, starts=proposal.starts, claim_mode=proposal.claim_mode,
        amounts=[dict(row) for row in proposal.amounts], source=proposal.source, clause=proposal.clause,
        checked_on=proposal.checked_on, note=proposal.note, applying=dict(proposal.applying),
        own=proposal.own and proposal.own.row(), state=OverlayState.PROPOSED,
        proposed_by=by.actor, proposed_at=now,
    )  # fmt: skip
    session.add(overlay)
    _note(session, "standard_proposed", overlay, by)
    return overlay


def compare(session: Session, unit: Unit, proposal: Proposal) -> Compared:
    """Beside the province's value and the one in force; raise StandardRefused for what may not stand."""
    catalogue, division = catalogue_of(session), division_of(unit)
    try:
        if proposal.own is not None:
            return _compare_own(session, unit, proposal)
        version = read_proposal(proposal, FILES)
        shown = differences(catalogue, proposal.policy, division, version)
        refuse_silent_lowering(shown)
        return Compared(shown, worded(catalogue, proposal, division, version))
    except CatalogueError as wrong:
        raise StandardRefused(str(wrong)) from wrong


def next_own_code(session: Session, unit: Unit) -> str:
    """329901-1 and so on; a number once used stays that policy's, approved or not."""
    own = select(func.count(PolicyOverlay.policy.distinct())).where(
        PolicyOverlay.unit_id == unit.id, PolicyOverlay.own.is_not(None)
    )
    return f"{division_of(unit)}-{(session.scalar(own) or 0) + 1}"


def latest_own(session: Session, unit: Unit, code: str) -> Proposal | None:
    """What stands of the place's own policy, to be changed from."""
    rows = session.scalars(_of(unit, code, OverlayState.APPROVED).order_by(PolicyOverlay.starts.desc()))
    return next((proposal_of(row) for row in rows if row.own), None)


def _compare_own(session: Session, unit: Unit, proposal: Proposal) -> Compared:
    """With the earlier versions of the same policy, which must leave room for it; beside what it would replace."""
    rows = session.scalars(_of(unit, proposal.policy, OverlayState.APPROVED).order_by(PolicyOverlay.starts))
    standing = [one for one in map(proposal_of, rows) if one.starts <= proposal.starts and one != proposal]
    earlier_ones = [one for one in standing if one.starts < proposal.starts]
    division = division_of(unit)
    policy = read_own_policy([*earlier_ones, proposal], division, place_of(unit), FILES)
    before = read_own_policy(standing, division, place_of(unit), FILES) if standing else None
    earlier = version_on(before.versions, proposal.starts) if before else None
    return Compared(own_differences(FILES, policy.versions[-1], earlier), worded_own(FILES, policy, before))


def approve(session: Session, overlay: PolicyOverlay, because: str, by: StaffMember, now: datetime) -> None:
    """What held from the same day is kept as superseded."""
    _second_person(session, overlay, by)
    compare(session, overlay.unit, proposal_of(overlay))
    for earlier in session.scalars(_of(overlay.unit, overlay.policy, OverlayState.APPROVED)):
        if earlier.starts == overlay.starts:
            earlier.state, earlier.superseded_at = OverlayState.SUPERSEDED, now
    session.flush()
    _decide(overlay, OverlayState.APPROVED, because, by, now)
    _note(session, "standard_approved", overlay, by)


def refuse(session: Session, overlay: PolicyOverlay, because: str, by: StaffMember, now: datetime) -> None:
    """Whoever proposed it reads ``because`` and may propose anew."""
    _second_person(session, overlay, by)
    if not because.strip():
        raise StandardRefused("请用一句话写明为什么不批准")
    _decide(overlay, OverlayState.REFUSED, because, by, now)
    _note(session, "standard_refused", overlay, by)


def proposal_of(overlay: PolicyOverlay) -> Proposal:
    return Proposal(
        overlay.policy, overlay.starts, overlay.source, overlay.clause, overlay.checked_on,
        tuple(overlay.amounts), overlay.claim_mode, overlay.note, overlay.applying,
        OwnPolicy.of(overlay.own) if overlay.own else None,
    )  # fmt: skip


@dataclass(frozen=True)
class StandardLine:
    """One of the list; ``policy`` is the official name."""

    overlay: PolicyOverlay
    policy: str


def standards(session: Session, scope: Scope, state: OverlayState, offset: int, limit: int) -> list[StandardLine]:
    """What waits longest first; what is decided, newest first."""
    statement = scope.narrow(select(PolicyOverlay), PolicyOverlay.unit_id).where(PolicyOverlay.state == state)
    waits = state is OverlayState.PROPOSED
    order = PolicyOverlay.proposed_at if waits else PolicyOverlay.decided_at.desc()
    found = session.scalars(
        statement.options(joinedload(PolicyOverlay.unit)).order_by(order).offset(offset).limit(limit)
    )
    names = {policy.code: policy.name for policy in FILES.policies}
    return [StandardLine(each, each.own["name"] if each.own else names.get(each.policy, each.policy)) for each in found]


def count_standards(session: Session, scope: Scope) -> Mapping[OverlayState, int]:
    counted = scope.narrow(select(PolicyOverlay.state, func.count()), PolicyOverlay.unit_id)
    found = [(state, count) for state, count in session.execute(counted.group_by(PolicyOverlay.state))]
    return {state: sum(count for of, count in found if of is state) for state in OverlayState}


def count_to_approve(session: Session, scope: Scope, by: str) -> int:
    """What waits for a second person, where somebody else is the first."""
    waits = PolicyOverlay.state == OverlayState.PROPOSED, PolicyOverlay.proposed_by != by
    return session.scalar(scope.narrow(select(func.count()).where(*waits), PolicyOverlay.unit_id)) or 0


def _overlays(session: Session) -> list[Overlay]:
    rows = session.scalars(
        select(PolicyOverlay)
        .where(APPROVED)
        .options(joinedload(PolicyOverlay.unit))
        .order_by(PolicyOverlay.unit_id, PolicyOverlay.policy, PolicyOverlay.starts)
    )
    return [_overlay(list(same)) for _, same in groupby(rows, key=lambda row: (row.unit_id, row.policy))]


def _overlay(rows: Sequence[PolicyOverlay]) -> Overlay:
    unit, policy = rows[0].unit, rows[0].policy
    if rows[-1].own:
        return Overlay(unit.code, place_of(unit), False, (), _own(rows), on_page=True)
    versions = tuple(version for version in map(_version, rows) if version)
    return Overlay(unit.code, unit.name, False, ((policy, versions),), on_page=True)


def _own(rows: Sequence[PolicyOverlay]) -> tuple[Policy, ...]:
    unit = rows[0].unit
    try:
        return (read_own_policy([proposal_of(row) for row in rows], unit.code, place_of(unit), FILES),)
    except CatalogueError as wrong:
        log.error("own policy left out", overlay=str(rows[-1].id), because=str(wrong))
        return ()


def _version(row: PolicyOverlay) -> Version | None:
    """One that newer files make unreadable is left out and told of, or it would stop every page."""
    try:
        return read_proposal(proposal_of(row), FILES)
    except CatalogueError as wrong:
        log.error("local standard left out", overlay=str(row.id), because=str(wrong))
        return None


def _of(unit: Unit, policy: str, state: OverlayState) -> Select[PolicyOverlay]:
    return select(PolicyOverlay).where(
        PolicyOverlay.unit_id == unit.id, PolicyOverlay.policy == policy, PolicyOverlay.state == state
    )


def _second_person(session: Session, overlay: PolicyOverlay, by: StaffMember) -> None:
    """Locked until the commit, so that two officers take turns."""
    lock(session, overlay)
    if overlay.state is not OverlayState.PROPOSED:
        raise StandardRefused(f"这一份已经办过了：{overlay.state.label}")
    if overlay.proposed_by == by.actor:
        raise StandardRefused("这一份是您提出的，要由本单位或上级的另一个人来批准")
    if not by.unit.holds(overlay.unit):
        raise StandardRefused("只有本单位或上级的人能批准")


def _decide(overlay: PolicyOverlay, state: OverlayState, because: str, by: StaffMember, now: datetime) -> None:
    said = " ".join(because.split())
    if len(said) > LONGEST:
        raise StandardRefused(f"请不超过{LONGEST}个字")
    overlay.state, overlay.because = state, said
    overlay.decided_by, overlay.decided_at = by.actor, now


def _note(session: Session, action: str, overlay: PolicyOverlay, by: StaffMember) -> None:
    session.flush()
    audit.record(
        session, by.actor, action,
        unit_id=overlay.unit_id, policy=overlay.policy, starts=overlay.starts.isoformat(),
    )  # fmt: skip
