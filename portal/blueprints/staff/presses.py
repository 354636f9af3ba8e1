"""一次办理 as pages have it: the bar below a list, and afterwards the sentence above it that can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask_login import current_user
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Optional

from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.staff.fields import choices
from portal.coverage import reasons
from portal.coverage.acts import ACTS, Act, fitting
from portal.coverage.pressing import WasDone, was_done
from portal.database import db


class PressForm(Form):
    """Which rows and which act are read from the request itself: they are buttons and boxes, not fields."""

    words = StringField("说明")
    code = SelectField("未资助原因", choices=choices({"": "请选原因"}), validate_choice=False)
    due = DateField("预计办完的日期", [Optional()])


@dataclass(frozen=True)
class Offered:
    """``count`` of the rows in sight it may be done with."""

    act: Act
    count: int


def offered(ids: Sequence[UUID]) -> list[Offered]:
    """In the order of the table; nothing for those who only look."""
    if not current_user.may(Permission.MOVE_ROWS):
        return []
    counts = fitting(db.session(), ids, current_user.staff.unit.level)
    allowed = [ACTS[code] for code in counts if not ACTS[code].wants_reason or current_user.may(Permission.GIVE_REASON)]
    return [Offered(act, counts[act.code]) for act in allowed]


def reasons_at() -> list[tuple[str, str]]:
    return [(reason.code, reason.label) for reason in reasons.choices(current_user.staff.unit.level)]


def told() -> WasDone | None:
    """What the address says was just done, while it can be taken back."""
    act_id = request.args.get("done", type=UUID)
    return was_done(db.session(), current_user.scope, act_id) if act_id else None
