"""Open pages drawn once: what every visitor reads alike is remembered.

What may be remembered is kept by the key: the address, 大字版 and what the view names; never who asks. Their forms
carry no token, for what they change lies in the visitor's own phone. The memory is of one day and begins anew with the
next.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date

from flask import current_app, request

from portal import clock
from portal.blueprints.families.blueprint import in_large_print

MOST = 1024
"""Pages of some 4 KB, so a few MB a worker; the one drawn longest ago goes first."""
EDITION = "open pages drawn"


@dataclass(frozen=True)
class Edition:
    """The pages of one day."""

    day: date
    pages: dict[Hashable, str] = field(default_factory=dict)

    def keep(self, key: Hashable, page: str) -> str:
        if len(self.pages) >= MOST:
            self.pages.pop(next(iter(self.pages)), None)
        self.pages[key] = page
        return page


def drawn_once(facts: Hashable, draw: Callable[[], str]) -> str:
    """``facts`` is all that ``draw`` puts into the page beside address, print and day, such as the catalogue."""
    edition, key = _edition(), (request.path, in_large_print(), facts)
    return edition.pages.get(key) or edition.keep(key, draw())


def _edition() -> Edition:
    today = clock.today()
    known: Edition | None = current_app.extensions.get(EDITION)
    if known is None or known.day != today:
        known = current_app.extensions[EDITION] = Edition(today)
    return known
