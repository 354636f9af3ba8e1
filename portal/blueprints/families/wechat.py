"""用微信登录: WeChat says who holds the phone, a binding made while signed in says whose page that opens."""

from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import token_urlsafe

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.access import wechat as bindings
from portal.access.tries import TooManyTries
from portal.access.wechat import NotBound
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.visit import begin_visit
from portal.blueprints.forms import Form
from portal.blueprints.guards import asker
from portal.database import db
from portal.models import Pupil
from portal.outreach.gateways.wechat_sign_in import WechatRefused, WechatSignIn
from portal.settings import Settings

WAY, CODE = "wechat_way", "wechat_code"
"""Where the browser's own cookie keeps the state of the way to WeChat and, until the family agrees, its code."""
WAY_LASTS = timedelta(minutes=5)
FAILED = "微信没有确认，请再试一次，或者用告知单登录"


def our_account() -> WechatSignIn | None:
    """Our 公众号; None where the portal has none."""
    settings: Settings = current_app.extensions["settings"]
    account = settings.suppliers.wechat
    if not (account.app_id and account.app_secret):
        return None
    return WechatSignIn(account.app_id, account.app_secret, account.open_url, account.url)


@families.app_context_processor
def offered() -> dict[str, object]:
    return {"wechat_offered": our_account() is not None}


@families.get("/wechat")
def wechat() -> Response:
    """The state is good once, for five minutes, in this browser alone."""
    ours = our_account() or abort(404)
    state = token_urlsafe(24).replace("-", "a").replace("_", "b")
    session[WAY] = [state, (clock.now() + WAY_LASTS).isoformat()]
    settings: Settings = current_app.extensions["settings"]
    return redirect(ours.authorize_url(settings.public_url + url_for("families.wechat_return"), state))


@families.get("/wechat/return")
def wechat_return() -> str | Response:
    """Signed in it asks whether to bind; otherwise it opens what was bound before."""
    ours = our_account() or abort(404)
    code = request.args.get("code", "")
    if not _is_our_way(request.args.get("state", "")) or not code:
        return render_template("families/wechat_failed.html", words=FAILED)
    if current_user.is_authenticated and current_user.pupil_id:
        session[CODE] = code
        return redirect(url_for("families.wechat_bind"))
    try:
        return begin_visit(_bound(ours, code))
    except (WechatRefused, NotBound):
        return render_template("families/wechat_failed.html", words="这个微信还没有绑定，或者微信没有确认")


@families.route("/child/wechat", methods=["GET", "POST"])
def wechat_bind() -> str | Response:
    """A consent of its own; without it everything else works as before."""
    ours, form = our_account() or abort(404), Form()
    if not form.validate_on_submit():
        bound = bindings.is_bound(db.session(), current_user.children)
        return render_template("families/wechat_bind.html", form=form, bound=bound, ready=CODE in session)
    try:
        openid = ours.openid_of(session.pop(CODE, ""))
    except WechatRefused:
        flash(FAILED)
        return redirect(url_for("families.wechat_bind"))
    bindings.bind(db.session(), ours.appid, openid, current_user.children, clock.now())
    db.session.commit()
    flash("绑定好了，下次可以用这个微信登录。")
    return redirect(url_for("families.child"))


@families.post("/child/wechat/end")
def wechat_end() -> Response:
    bindings.unbind(db.session(), current_user.children, clock.now())
    db.session.commit()
    flash("已经解除，以后用告知单或登录码登录。")
    return redirect(url_for("families.child"))


def _is_our_way(state: str) -> bool:
    ours, until = session.pop(WAY, ("", ""))
    return bool(ours) and compare_digest(ours.encode(), state.encode()) and clock.now() < datetime.fromisoformat(until)


def _bound(ours: WechatSignIn, code: str) -> list[Pupil]:
    """The tries are kept whatever comes of it."""
    openid = ours.openid_of(code)
    try:
        return bindings.find_bound(db.session(), ours.appid, openid, asker(), clock.now())
    except (NotBound, TooManyTries):
        db.session.commit()
        raise
