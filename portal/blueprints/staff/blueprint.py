"""The staff blueprint itself, and what holds for each page: no proof is taken, what is not theirs is not there."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, request
from flask_login import current_user
from werkzeug.exceptions import NotFound

from portal import audit, clock
from portal.access import actors
from portal.access.scope import NotInScope
from portal.access.tries import TooManyTries, count_try
from portal.blueprints.errors import Answer, on_http_error
from portal.blueprints.guards import source
from portal.blueprints.staff.navigation import navigation
from portal.clock import SchoolTerm, local
from portal.coverage.words import batch_words, register_words, yuan_words
from portal.database import db
from portal.outreach.sayings import BLANKS
from portal.vocabulary import Term

staff = Blueprint("staff", __name__, url_prefix="/staff")

TAKE_A_FILE = {
    "staff.take_in_roster",
    "staff.take_in_register",
    "staff.take_in_awards",
    "staff.take_in_system_list",
}
"""Where a file may come in: whole lists. Everywhere else it would be proof (N3-7)."""

staff.add_app_template_filter(yuan_words)
staff.add_app_template_filter(register_words)
staff.add_app_template_filter(local, "on_the_clock")


@staff.app_template_filter()
def minute_words(moment: datetime) -> str:
    return local(moment).strftime("%Y-%m-%d %H:%M")


@staff.app_template_filter()
def date_words(moment: datetime) -> str:
    return local(moment).strftime("%Y-%m-%d")


@staff.app_template_filter()
def with_commas(number: float) -> str:
    return f"{number:,}"


@staff.app_template_filter()
def actor_words(by: str) -> str:
    return actors.actor_words(db.session(), by)


@staff.app_template_filter()
def blanks(wording: str) -> str:
    """A template with ×× where a family's own words go."""
    return wording.format_map(BLANKS)


@staff.app_template_filter()
def occasion_words(occasion: str) -> str:
    """What a file was brought in for: a term of rosters and awards, the month of a register."""
    return SchoolTerm.parse(occasion).label if occasion.endswith(tuple(Term)) else batch_words(occasion)


@staff.context_processor
def around() -> dict[str, object]:
    """``navigation`` is a function: a page of errors must not ask the database anything."""
    return {"navigation": navigation}


@staff.before_request
def refuse_proof() -> None:
    if request.files and request.endpoint not in TAKE_A_FILE and current_user.is_authenticated:
        pupil = (request.view_args or {}).get("pupil_id")
        audit.record(
            db.session(),
            current_user.actor,
            "proof_refused",
            unit_id=current_user.staff.unit_id,
            pupil_id=pupil if isinstance(pupil, UUID) else None,
            source=source(),
            page=str(request.endpoint),
        )
        db.session.commit()
        abort(422)


@staff.errorhandler(NotInScope)
def on_not_in_scope(_: NotInScope) -> Answer:
    """The same page as for what was never there; only the trail knows that somebody knocked (N0-2)."""
    db.session.rollback()
    _note_refused()
    return on_http_error(NotFound())


def count(what: str, pupil_id: UUID | None = None) -> None:
    """A look or a file taken away; beyond a day's work the inspector sees who it was, and TooManyTries is raised."""
    try:
        count_try(db.session(), what, current_user.actor, clock.now())
    except TooManyTries:
        _note_refused(pupil_id, because="too many tries")
        raise


def _note_refused(pupil_id: UUID | None = None, **detail: str) -> None:
    who, page = current_user.staff, str(request.endpoint)
    audit.record(
        db.session(), current_user.actor, "refused",
        unit_id=who.unit_id, pupil_id=pupil_id, source=source(), page=page, **detail,
    )  # fmt: skip
    db.session.commit()
