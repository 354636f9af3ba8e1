"""列: which columns of a long list somebody wants to see, remembered by this browser alone."""

from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.blueprints.forms import Form
from portal.blueprints.guards import any_staff
from portal.blueprints.staff.blueprint import staff
from portal.settings import Settings

YEAR = 365 * 24 * 3600  # seconds
KEPT = ("term", "show", "on", "decision", "code")
"""What a list is narrowed to, taken along; codes and days alone."""


@dataclass(frozen=True)
class Columns:
    """The columns of one list that may be left out; its first column never is."""

    endpoint: str
    labels: dict[str, str]

    def heads(self, seen: set[str]) -> list[str]:
        return [label for code, label in self.labels.items() if code in seen]


LISTS = {
    "ledger": Columns(
        "staff.ledger",
        {
            "class": "班级",
            "policy": "资助项目",
            "due": "应发",
            "state": "状态",
            "reason": "未资助原因",
            "step": "下一步",
        },
    ),
    "matched": Columns(
        "staff.matched", {"class": "班级", "category": "类别", "basis": "依据", "decision": "结论", "why": "为什么"}
    ),
}


def chosen(name: str) -> set[str]:
    """All of them until somebody chose."""
    known = set(LISTS[name].labels)
    kept = request.cookies.get(f"columns-{name}")
    return known if kept is None else known & set(kept.split("."))


@staff.post("/columns/<list_name>")
@any_staff
def choose_columns(list_name: str) -> BaseResponse:
    columns = LISTS.get(list_name) or abort(404)
    if not Form().validate_on_submit():
        abort(400)
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key in KEPT}
    response = redirect(url_for(columns.endpoint, **kept))
    wanted = [code for code in columns.labels if code in request.form.getlist("column")]
    settings: Settings = current_app.extensions["settings"]
    response.set_cookie(
        f"columns-{list_name}", ".".join(wanted), max_age=YEAR, secure=settings.secure, httponly=True, samesite="Lax"
    )
    return response


@staff.context_processor
def columns() -> dict[str, object]:
    """For the component that offers them, and for the table itself."""
    return {"columns_of": chosen, "column_labels": LISTS}
