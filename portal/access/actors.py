"""Who did it, in words: an account is what somebody signs in with, and is nobody else's to read."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import StaffMember

NAMES = "names of accounts"
"""Under which a session keeps the names it has looked up."""
KINDS = {"family": "家长", "nobody": "没有登录的人"}


def actor_words(session: Session, by: str) -> str:
    """As a family and an officer may both read it: 家长, 张老师; 工作人员 where the account is unknown."""
    kind, _, account = by.partition(":")
    if kind != "staff":
        return KINDS.get(kind, "门户")
    look_up_actors(session, (by,))
    names: dict[str, str] = session.info[NAMES]
    return names[account]


def look_up_actors(session: Session, actors: Iterable[str]) -> None:
    """All of a page in one statement, so that none has to be asked for by itself."""
    names: dict[str, str] = session.info.setdefault(NAMES, {})
    accounts = {by.removeprefix("staff:") for by in actors if by.startswith("staff:")} - names.keys()
    if accounts:
        found = select(StaffMember.account, StaffMember.display_name).where(StaffMember.account.in_(accounts))
        names.update(dict.fromkeys(accounts, "工作人员") | dict(iter(session.execute(found))))
