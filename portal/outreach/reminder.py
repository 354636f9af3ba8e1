"""提醒: one matter that is said to families, in which words, until when and how often."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal.clock import SchoolTerm
from portal.outreach.writing import Say
from portal.vocabulary import Audience, MessageState

MOST = 3
"""Reminders of one matter; then a person."""
WAIT = timedelta(days=3)
"""Between two reminders of one matter."""
WAIT_AFTER_FAILURE = timedelta(days=1)
"""A phone that was off today may be on tomorrow."""
ON_ITS_WAY = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)


@dataclass(frozen=True)
class Reminder:
    """One matter to be said; ``by`` is the day the words name, ``most`` how often it is said at all."""

    audience: Audience
    term: SchoolTerm
    matter: str
    say: Say
    by: date
    most: int = MOST
    stages: Mapping[str, Any] = field(default_factory=dict)
    campaign_id: UUID | None = None
    even_on: Collection[date] = ()
    """Quiet days on which it leaves all the same (``deadline_days``)."""
    versions: Mapping[str, int] = field(default_factory=dict)
    """Of the words that were approved, by template; others are not sent on its strength."""
