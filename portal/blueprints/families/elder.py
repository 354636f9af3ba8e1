"""大字版: one tap, remembered by the phone in a cookie that says nothing of anybody."""

from datetime import timedelta

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.blueprints.families.blueprint import ELDER_COOKIE, families
from portal.blueprints.guards import without_token
from portal.settings import Settings

A_YEAR = timedelta(days=365)


@families.post("/elder")
@without_token
def elder() -> Response:
    """Back to the page it was tapped on."""
    settings: Settings = current_app.extensions["settings"]
    response = redirect(own_path(request.form.get("back", "")))
    on = "1" if request.form.get("on") == "1" else "0"
    response.set_cookie(ELDER_COOKIE, on, max_age=A_YEAR, secure=settings.secure, httponly=True, samesite="Lax")
    return response


def own_path(path: str) -> str:
    """A path of this portal; anything that could lead elsewhere becomes the home page."""
    if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable():
        return path
    return url_for("families.home")
