"""The policies as they hold this minute, local standards included, asked of the database once a request."""

from flask import g

from portal.database import db
from portal.enrolment.local_standards import catalogue_of
from portal.policies.catalogue import Catalogue


def the_catalogue() -> Catalogue:
    if "catalogue" not in g:
        g.catalogue = catalogue_of(db.session())
    catalogue: Catalogue = g.catalogue
    return catalogue
