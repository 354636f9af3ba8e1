"""What stands before every page: who is there, and what they may do.

Deny by default: a page is open because it is on the short list, a family page because its child's slip was shown,
a staff page because the view names a permission that the role has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, TypeVar
from uuid import UUID

from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    flash,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as BaseResponse

from portal import audit, clock
from portal.access import sign_ins
from portal.access.class_teachers import scope_of_staff
from portal.access.permissions import REFUSALS, Permission, may
from portal.access.scope import Scope, enter, scope_of
from portal.access.sign_ins import Standing
from portal.access.tries import Asker
from portal.blueprints.sessions import Sessions
from portal.coverage.tallies import remember
from portal.database import db
from portal.models import StaffMember
from portal.privacy.sealing import Keyring
from portal.settings import Settings

OPEN_PAGES = {
    "static",
    "families.home",
    "families.check",
    "families.check_result",
    "families.message",
    "families.policies",
    "families.policies_of",
    "families.policy",
    "families.notices",
    "families.notice",
    "families.sign_in",
    "families.ask_code",
    "families.enter_code",
    "families.wechat",
    "families.wechat_return",
    "families.privacy",
    "families.privacy_children",
    "families.elder",
    "staff.sign_in",
    "reports.receive",
    "errors.health",
    "metrics.tell",
}

USER = "_user_id"
"""Under which Flask-Login keeps who signed in; there still after the sign-in itself has ended."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
STRANGERS_MOST = 256 * 1024
"""Bytes of a body from somebody who is not signed in."""

View = TypeVar("View", bound=Callable[..., Any])


class Visitors(LoginManager):
    """Nobody is remembered past the sign-in, so no answer is looked through for a cookie that says so."""

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


login_manager = Visitors()
csrf = CSRFProtect()


@dataclass(frozen=True)
class Visitor(UserMixin):
    """Who is signed in: a staff member, or a family with its children."""

    token: str
    sign_in: Standing
    staff: StaffMember | None

    def get_id(self) -> str:
        return self.token

    @property
    def actor(self) -> str:
        return self.staff.actor if self.staff else "family"

    @property
    def scope(self) -> Scope:
        if self.staff is None:
            raise PermissionError("a family has no scope of units")
        if "scope" in g:
            admitted: Scope = g.scope
            return admitted
        return scope_of(self.staff.unit)

    @property
    def pupil_id(self) -> UUID | None:
        return self.sign_in.pupil_id

    @property
    def children(self) -> list[UUID]:
        """Whom a family sees on this visit, the eldest first."""
        return self.sign_in.children

    def may(self, permission: Permission) -> bool:
        return self.staff is not None and may(self.staff.role, permission)


def needs(*permissions: Permission) -> Callable[[View], View]:
    """Beside every staff view: any one of these permissions opens it."""

    def mark(view: View) -> View:
        view.permissions = permissions  # type: ignore[attr-defined]
        return view

    return mark


def any_staff(view: View) -> View:
    """For the few staff pages that every role has, such as signing out."""
    view.any_staff = True  # type: ignore[attr-defined]
    return view


def without_token(view: View) -> View:
    """For the few forms that change nothing but a cookie of the visitor's own phone, whoever sends them."""
    csrf.exempt(view)
    return view


def cookie_config(settings: Settings, keyring: Keyring) -> dict[str, Any]:
    return {
        "SECRET_KEY": keyring.index("cookie signature", "1"),
        "TRUSTED_HOSTS": settings.hosts,
        "SESSION_COOKIE_NAME": "__Host-sid" if settings.secure else "sid",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_PROTECTION": None,  # the sign-in row decides, not the browser's address
        "WTF_CSRF_CHECK_DEFAULT": False,  # by what stands before every page, see below
        "WTF_I18N_ENABLED": False,  # WTForms' own Chinese, see forms.py
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a grandmother may take her time
        "WTF_CSRF_SSL_STRICT": False,  # Referrer-Policy: no-referrer takes the header away; the token stays
    }


def stand_before(app: Flask) -> None:
    app.session_interface = Sessions()
    login_manager.session_protection = None
    login_manager.init_app(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user  # asked for by the templates that name it, not by every page
    csrf.init_app(app)
    app.before_request(stand)


def sign_in_visitor(token: str) -> None:
    """Nothing of the visit before the sign-in remains, in the browser or on the server."""
    if isinstance(current_user._get_current_object(), Visitor):
        sign_ins.end(db.session(), current_user.sign_in, clock.now(), "signed in anew")
        db.session.commit()
    session.clear()
    visitor = load_visitor(token)
    if visitor is not None:
        login_user(visitor)


def sign_out_visitor(because: str) -> None:
    if isinstance(current_user._get_current_object(), Visitor):
        sign_ins.end(db.session(), current_user.sign_in, clock.now(), because)
    logout_user()
    session.clear()
    after_this_request(forget_pages)


def forget_pages(response: Response) -> Response:
    """The next person on this device finds nothing with the back button (ASVS 14.3.1)."""
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_visitor(token: str) -> Visitor | None:
    sign_in = sign_ins.recognise(db.session(), token, clock.now())
    if sign_in is None:
        return None
    if sign_in.noted:
        db.session.commit()  # that alone; the page's own work starts afterwards
    staff = db.session.get(StaffMember, sign_in.staff_id) if sign_in.staff_id else None
    if sign_in.staff_id and (staff is None or not staff.active):
        return None
    return Visitor(token, sign_in, staff)


def stand() -> BaseResponse | None:
    """Who only reads is asked nothing but whether they may."""
    if request.method not in READING:
        refuse_cross_site()
        if (elsewhere := keep_strangers_short()) is not None:
            return elsewhere
        refuse_proof_of_families()
        csrf.protect(apply_exemptions=True)
    return admit()


def refuse_cross_site() -> None:
    """A second lock beside the CSRF token: a browser says where a request comes from."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def keep_strangers_short() -> BaseResponse | None:
    """Nobody who is not signed in has a file to bring: 16 at once would fill the memory. An officer signs in again.

    Before anything reads the body.
    """
    if current_user.is_authenticated:
        return None
    request.max_content_length = STRANGERS_MOST
    too_long = (request.content_length or 0) > STRANGERS_MOST
    return redirect(url_for("staff.sign_in")) if too_long and request.blueprint == "staff" else None


def refuse_proof_of_families() -> None:
    """No page for families takes a file, whoever brings it, with a token or without; words instead (N3-7)."""
    if request.blueprint == "families" and request.files:
        pupil_id = current_user.pupil_id if current_user.is_authenticated else None
        who, page = "family" if pupil_id else "nobody", str(request.endpoint)
        audit.record(db.session(), who, "proof_refused", pupil_id=pupil_id, source=source(), page=page)
        db.session.commit()
        abort(422)


def admit() -> BaseResponse | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in OPEN_PAGES:
        return None
    if request.blueprint == "families":
        return admit_family()
    if request.blueprint == "staff":
        return admit_staff()
    return abort(404)


def admit_family() -> BaseResponse | None:
    if not current_user.is_authenticated or current_user.pupil_id is None:
        if not current_user.is_authenticated and USER in session:
            flash("为了安全，已经自动退出，请再登录一次。")
        return redirect(url_for("families.sign_in"))
    return None  # its children, and nobody else, are in reach since it was recognised


def admit_staff() -> BaseResponse | None:
    if not current_user.is_authenticated or current_user.staff is None:
        return redirect(url_for("staff.sign_in"))
    view = current_app.view_functions[str(request.endpoint)]
    asked: tuple[Permission, ...] = getattr(view, "permissions", ())
    opened = any(map(current_user.may, asked))
    if not opened and not getattr(view, "any_staff", False):
        audit.record(
            db.session(),
            current_user.actor,
            "refused",
            unit_id=current_user.staff.unit_id,
            source=source(),
            page=str(request.endpoint),
        )
        db.session.commit()
        abort(403, next((REFUSALS[one] for one in asked if one in REFUSALS), None))
    if request.method in READING:
        remember(db.session())
    g.scope = enter(db.session(), scope_of_staff(db.session(), current_user.staff, clock.today()))
    return None


def source() -> str:
    """The address a request came from, the reverse proxies in settings taken into account."""
    return request.remote_addr or ""


def asker() -> Asker:
    """Who tries to sign in, known by nothing but the address and a number this browser was given."""
    return Asker(source(), session.setdefault("browser", token_urlsafe(16)))
