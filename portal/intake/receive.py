"""A file arrives: it is kept, sealed, until it has been read; the same file again is no second intake."""

import re
from base64 import b64encode
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm, local
from portal.intake.file_limits import OPERATOR, Limits, by_web
from portal.intake.progress import LEASE
from portal.intake.registers import category_code, category_keys
from portal.models import HardshipCategory, Intake, StaffMember, Unit
from portal.models.intake import ENDED
from portal.models.sealed import keyring
from portal.vocabulary import IntakeKind, IntakeState, RegisterPurpose, UnitLevel

CONTENT = "intake.content"
RECEIVED_ANEW = (IntakeState.REFUSED, IntakeState.CHECKED)
HELD = timedelta(days=365)
"""How long a register is held when nobody says until when."""


class NotReceived(ValueError):
    """What was said about the file cannot be; one sentence, and what to do."""


def receive(
    session: Session,
    kind: IntakeKind,
    unit: Unit,
    occasion: str,
    file_name: str,
    data: bytes,
    category: str,
    by: str,
    now: datetime,
    purpose: RegisterPurpose = RegisterPurpose.TERM,
    expires_on: date | None = None,
    in_hand: bool = False,
    replaces: bool = False,
) -> Intake:
    """The intake that waits to be read, or the one that stands for this very file; a refused file is tried again,
    and so is one whose register ended: a list put right and then put back counts again.

    ``occasion`` is the term of a roster or of awards, the batch (2026-08) of a register; ``category`` names the
    hardship category of a whole register, or is empty. A file ``in_hand`` is read by who received it: nothing of it
    is stored here.
    """
    _require_sense(kind, unit, occasion)
    code = _category(session, category) if kind is IntakeKind.REGISTER and category else ""
    digest = sha256(data).digest()
    same = select(Intake).where(
        Intake.kind == kind,
        Intake.unit_id == unit.id,
        Intake.occasion == occasion,
        Intake.category == code,
        Intake.digest == digest,
        Intake.state.not_in(ENDED),
    )
    intake = session.scalars(same).first()
    if intake is not None and intake.state not in RECEIVED_ANEW:
        return intake
    if intake is None:
        intake = Intake(kind=kind, unit_id=unit.id, occasion=occasion, category=code, digest=digest)
    intake.file_name = _storable(PurePath(file_name.replace("\\", "/")).name)[-200:]
    if in_hand:
        intake.content, intake.state, intake.working_until = None, IntakeState.READING, now + LEASE
    else:
        intake.content = keyring().seal(b64encode(data).decode("ascii"), CONTENT, intake.id)
        intake.state, intake.working_until = IntakeState.WAITING, None
    intake.refused_because, intake.by_staff_id = None, staff_id_of(session, by)
    intake.arrived_at, intake.finished_at = now, None
    if kind is IntakeKind.REGISTER:
        intake.replaces = replaces
        intake.purpose, intake.expires_on = purpose, expires_on or local(now).date() + HELD
    try:
        with session.begin_nested():
            session.add(intake)
    except IntegrityError:  # the same file came twice in the same moment
        return session.scalars(same).one()
    return intake


def _storable(name: str) -> str:
    """The name in which a disk written elsewhere may hold bytes that are no UTF-8."""
    return name.encode("utf-8", "replace").decode().replace("\0", "?")


def category_codes(session: Session) -> dict[str, str]:
    """Every name and other spelling of every hardship category, the official names first, and its code."""
    categories = list(session.scalars(select(HardshipCategory).order_by(HardshipCategory.code)))
    names = {category.name: category.code for category in categories}
    return names | {alias: category.code for category in categories for alias in category.aliases}


def _require_sense(kind: IntakeKind, unit: Unit, occasion: str) -> None:
    if kind is IntakeKind.REGISTER:
        if not re.fullmatch(r"2[0-9]{3}-(0[1-9]|1[0-2])", occasion):
            raise NotReceived(f"批次写成“{occasion[:20]}”，应写名单的年月，如 2026-08")
        if unit.level is UnitLevel.SCHOOL:
            raise NotReceived(f"“{unit.name}”是学校，困难群体名单由部门或市县提供：请换成提供名单的部门的代码")
        return
    SchoolTerm.parse(occasion)
    if unit.level is UnitLevel.BUREAU:
        raise NotReceived(f"“{unit.name}”是部门，{kind.label}由学校或市县导入：请换成学校或县的代码")


def _category(session: Session, written: str) -> str:
    names = category_codes(session)
    code = category_code(written, category_keys(names))
    if code is None:
        raise NotReceived(f"不认识困难类别“{written[:20]}”，请用 {'、'.join(sorted(set(names.values())))} 之一")
    return code


def actor_of(session: Session, intake: Intake) -> str:
    """Who sent the file, as the audit trail names them."""
    staff = intake.by_staff_id and session.get(StaffMember, intake.by_staff_id)
    return staff.actor if staff else "command"


def limits_of(intake: Intake) -> Limits:
    """Nobody signs in to a command: a file without a sender is the operator's."""
    return by_web(intake.unit.level) if intake.by_staff_id else OPERATOR


def staff_id_of(session: Session, by: str) -> UUID | None:
    """Of ``staff:<account>``; nobody's for the command line and the portal itself."""
    kind, _, account = by.partition(":")
    known = select(StaffMember.id).where(StaffMember.account == account)
    return session.scalar(known) if kind == "staff" else None
