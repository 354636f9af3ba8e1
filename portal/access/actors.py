"""Who did it, in words: an account is what somebody signs in with, and is nobody else's to read."""

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
    names: dict[str, str] = session.info.setdefault(NAMES, {})
    if account not in names:
        found = session.scalar(select(StaffMember.display_name).where(StaffMember.account == account))
        names[account] = found or "工作人员"
    return names[account]
