"""Accounts of staff members: made with a random password, checked in equal time, changed with all sign-ins ended."""

from datetime import datetime
from secrets import choice

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import audit
from portal.access import sign_ins
from portal.access.tries import TooManyTries, count_try, forgive, network_of, take_back
from portal.models import StaffMember, Unit
from portal.vocabulary import Role, UnitLevel

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
NOBODY = HASHER.hash("nobody has this password")
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SHORTEST = 12

LEVELS = {
    Role.TEACHER: {UnitLevel.SCHOOL},
    Role.SCHOOL_OFFICER: {UnitLevel.SCHOOL},
    Role.COUNTY_OFFICER: {UnitLevel.COUNTY},
    Role.CITY_OFFICER: {UnitLevel.CITY},
    Role.PROVINCE_OFFICER: {UnitLevel.PROVINCE},
    Role.BUREAU_OFFICER: {UnitLevel.BUREAU},
    Role.INSPECTOR: {UnitLevel.COUNTY, UnitLevel.CITY, UnitLevel.PROVINCE},
    Role.ACCOUNT_KEEPER: {UnitLevel.COUNTY, UnitLevel.CITY, UnitLevel.PROVINCE},
}
"""At which levels of unit a role makes sense."""


class AccountProblem(ValueError):
    """One sentence that says what is wrong and what to do."""


class AccountTaken(AccountProblem):
    """Somebody else signs in with it, here or elsewhere."""


class WrongCredentials(Exception):
    """Account unknown, closed, or password wrong; never told which."""


def random_password() -> str:
    """Four groups of four, about 79 bits, easy to read aloud."""
    return "-".join("".join(choice(ALPHABET) for _ in range(4)) for _ in range(4))


def make_account(
    session: Session, account: str, name: str, role: Role, unit: Unit, password: str, now: datetime, by: str = "command"
) -> StaffMember:
    if unit.level not in LEVELS[role]:
        raise AccountProblem(f"{role.label}不能设在{unit.level.label}级单位“{unit.name}”，请换一个单位或角色")
    staff = StaffMember(
        account=account,
        display_name=name,
        role=role,
        unit_id=unit.id,
        password_digest=HASHER.hash(password),
        password_changed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(staff)
    except IntegrityError as taken:
        raise AccountTaken(f"账号 {account} 已经有人用了，请换一个") from taken
    audit.record(session, by, "account_made", unit_id=unit.id, account=account, role=role.value)
    return staff


def check_password(session: Session, account: str, password: str, source: str, now: datetime) -> StaffMember:
    """Raise WrongCredentials or TooManyTries; the caller commits in either case, so that tries and audit stay."""
    network = network_of(source)
    tries = (
        ("staff sign-in by source", network),
        ("staff sign-in by account and source", f"{account}|{network}"),
        ("staff sign-in by account", account),
    )
    staff = session.scalars(select(StaffMember).where(StaffMember.account == account)).first()
    try:
        for what, who in tries:
            count_try(session, what, who, now)
    except TooManyTries:
        _record_failure(session, staff, source, "too many tries")
        raise
    right = _verify(staff.password_digest if staff else NOBODY, password)
    if staff is None or not staff.active or not right:
        _record_failure(session, staff, source, "wrong account or password")
        raise WrongCredentials
    for what, who in tries[1:]:
        forgive(session, what, who)
    take_back(session, *tries[0])
    audit.record(session, staff.actor, "signed_in", unit_id=staff.unit_id, source=source)
    return staff


def change_password(session: Session, staff: StaffMember, old: str, new: str, now: datetime) -> None:
    """Every sign-in of the account ends, this one too. The caller commits a refusal as well, so that tries add up."""
    count_try(session, "staff password change", staff.account, now)
    if not _verify(staff.password_digest, old):
        audit.record(session, staff.actor, "password_refused", unit_id=staff.unit_id)
        raise AccountProblem("原密码不对，请再输一次")
    if len(new) < SHORTEST:
        raise AccountProblem(f"新密码至少 {SHORTEST} 个字符")
    if new == old or staff.account.lower() in new.lower() or len(set(new)) < 5:
        raise AccountProblem("新密码太容易猜到，请换一个：不要含账号，不要重复同一个字")
    staff.password_digest, staff.password_changed_at = HASHER.hash(new), now
    forgive(session, "staff password change", staff.account)
    sign_ins.end_all(session, staff.id, now, "password changed")
    audit.record(session, staff.actor, "password_changed", unit_id=staff.unit_id)


def reset_password(session: Session, staff: StaffMember, by: str, now: datetime) -> str:
    """A random one in place of a forgotten one; every sign-in of the account ends."""
    password = random_password()
    staff.password_digest, staff.password_changed_at = HASHER.hash(password), now
    sign_ins.end_all(session, staff.id, now, "password reset")
    audit.record(session, by, "password_reset", unit_id=staff.unit_id, account=staff.account)
    return password


def change_role(session: Session, staff: StaffMember, role: Role, unit: Unit, by: str, now: datetime) -> None:
    """Takes effect at once: the next request of every open sign-in is refused."""
    if unit.level not in LEVELS[role]:
        raise AccountProblem(f"{role.label}不能设在{unit.level.label}级单位“{unit.name}”，请换一个单位或角色")
    staff.role, staff.unit_id = role, unit.id
    sign_ins.end_all(session, staff.id, now, "role changed")
    audit.record(session, by, "role_changed", unit_id=unit.id, account=staff.account, role=role.value)


def close_account(session: Session, staff: StaffMember, by: str, now: datetime) -> None:
    staff.active = False
    sign_ins.end_all(session, staff.id, now, "account closed")
    audit.record(session, by, "account_closed", unit_id=staff.unit_id, account=staff.account)


def _record_failure(session: Session, staff: StaffMember | None, source: str, because: str) -> None:
    """Whose account it was, where it is one: his inspector sees it; never what was typed, which may be a password."""
    unit_id, account = (staff.unit_id, staff.account) if staff else (None, "")
    audit.record(session, "nobody", "sign_in_failed", unit_id=unit_id, source=source, because=because, account=account)


def _verify(digest: str, password: str) -> bool:
    try:
        return HASHER.verify(digest, password)
    except VerificationError:
        return False
