"""A family's visit: begun by slip, code or WeChat, always with all its children; whichever of them a page is about."""

from collections.abc import Sequence
from uuid import UUID

from flask import abort, redirect, url_for
from flask_login import current_user
from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal import audit, clock
from portal.access import sign_ins
from portal.access.households import enter_family
from portal.blueprints.catalogue import open_catalogue, the_catalogue
from portal.blueprints.families.blueprint import families
from portal.blueprints.guards import sign_in_visitor, source
from portal.coverage.child import ChildPage, child_page
from portal.coverage.progress import note_visit
from portal.database import db
from portal.models import Entitlement, Pupil, Unit
from portal.policies.catalogue import UnknownPolicy

_CHILD = (
    select(Pupil)
    .options(joinedload(Pupil.school).joinedload(Unit.parent))
    .where(Pupil.id == bindparam("pupil_id", type_=Uuid))
)
"""With the school and the office above it; built once, for it is asked at every visit."""


def begin_visit(pupils: Sequence[Pupil]) -> Response:
    """To the page of the child, or to all of them; that the family came is kept for each, and stands in its trail."""
    session, now = db.session(), clock.now()
    children = enter_family(session, pupils, clock.today())
    for child in children:
        pupil = session.get_one(Pupil, child)
        note_visit(session, pupil, this_term(), now)
        if pupil not in pupils:
            audit.record(session, "family", "signed_in", unit_id=pupil.school_id, pupil_id=child, source=source())
    token = sign_ins.begin_for_family(session, pupils[0], children, now)
    session.commit()
    sign_in_visitor(token)
    return redirect(url_for("families.child"))


@families.get("/child/stay")
def stay() -> tuple[str, int]:
    """我还在看: that somebody asked is all there is to it; the guard noted it."""
    return "", 204


def the_child(place: int) -> Pupil:
    """Its place among the children of the visit is all that an address tells; the database shows no other."""
    return db.session.scalars(_CHILD, {"pupil_id": _pupil_id(place)}).first() or abort(404)


def the_page(place: int) -> ChildPage:
    """By the policies of a minute ago, unless the child has one that two officers approved since."""
    session, pupil_id, day = db.session(), _pupil_id(place), clock.today()
    try:
        page = child_page(session, pupil_id, open_catalogue(), day)
    except UnknownPolicy:
        page = child_page(session, pupil_id, the_catalogue(), day)
    return page or abort(404)


def its_row(row_id: UUID) -> Entitlement:
    row = db.session.get(Entitlement, row_id)
    return row if row is not None and row.pupil_id in current_user.children else abort(404)


def place_of(pupil_id: UUID) -> int:
    place: int = current_user.children.index(pupil_id)
    return place + 1


def this_term() -> str:
    return clock.term_of(clock.today()).code


def back_to(pupil_id: UUID) -> Response:
    """The child's page, which for an only child is the first one of the visit."""
    if len(current_user.children) == 1:
        return redirect(url_for("families.child"))
    return redirect(url_for("families.one_child", place=place_of(pupil_id)))


def _pupil_id(place: int) -> UUID:
    children: list[UUID] = current_user.children
    return children[place - 1] if 1 <= place <= len(children) else abort(404)
