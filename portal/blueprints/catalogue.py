"""The policies with local standards laid over them: as they hold this minute, or for open pages a minute ago."""

from time import monotonic

from flask import current_app, g

from portal.database import db
from portal.enrolment.local_standards import catalogue_of
from portal.policies.catalogue import Catalogue

FRESH = 60.0
"""Seconds for which a page open to everybody does without asking the database."""
OPEN = "catalogue of open pages"


def the_catalogue() -> Catalogue:
    """Asked of the database once a request."""
    if "catalogue" not in g:
        g.catalogue = catalogue_of(db.session())
    catalogue: Catalogue = g.catalogue
    return catalogue


def open_catalogue() -> Catalogue:
    """The same for every visitor, and soon after two officers changed a standard."""
    read_at, catalogue = current_app.extensions.get(OPEN, (0.0, None))
    if catalogue is None or monotonic() - read_at > FRESH:
        catalogue = the_catalogue()
        current_app.extensions[OPEN] = monotonic(), catalogue
    known: Catalogue = catalogue
    return known
