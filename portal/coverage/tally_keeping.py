"""Tallies are kept in the background, a few schools a transaction; whoever reads one never waits for it."""

import time
from datetime import datetime

from portal.clock import local, previous_term, term_of
from portal.coverage.award_lists import RECEIVED
from portal.coverage.board import ROSTERS
from portal.coverage.closing import OPEN
from portal.coverage.difference_counts import DIFFERING
from portal.coverage.distribution import FIGURES
from portal.coverage.matched import BY_DECISION, IN_CIRCUMSTANCES
from portal.coverage.owed import OWED
from portal.coverage.rolls import ON_ROLLS
from portal.coverage.tallies import keep, keep_uncounted
from portal.coverage.today import PUPILS
from portal.coverage.totals import ROWS
from portal.coverage.yearly_check import LISTED
from portal.intake.progress import Sessions

TALLIES = (
    ROWS, PUPILS, ROSTERS, OPEN, FIGURES, ON_ROLLS, BY_DECISION, OWED, IN_CIRCUMSTANCES, DIFFERING, LISTED, RECEIVED,
)  # fmt: skip
TOGETHER = 40
"""Schools a transaction: a second or so."""
AT_MOST = 50.0  # seconds; what changes meanwhile is the next minute's, lest a run follow changes without an end


def keep_tallies(sessions: Sessions, now: datetime) -> int:
    """Of the term that is on, then of the one before it; for others pages count for themselves. How many schools."""
    term, counted = term_of(local(now).date()), 0
    until = time.monotonic() + AT_MOST
    for count, of_term in ((keep, term), (keep_uncounted, previous_term(term))):
        while time.monotonic() < until:
            with sessions.begin() as session:
                more = count(session, of_term.code, TALLIES, TOGETHER)
            if not more:
                break
            counted += more
    return counted
