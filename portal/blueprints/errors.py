"""Answers in words when something can't be done: what is wrong, what to do, whom to ask; never a trace or a cause."""

from uuid import uuid4

import structlog
from flask import Blueprint, Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from portal.access.scope import NotInScope
from portal.access.tries import TooManyTries
from portal.clock import local, now
from portal.database import db
from portal.intake.file_limits import OFFICE

log = structlog.get_logger()

blueprint = Blueprint("errors", __name__)

Answer = tuple[str, int, dict[str, str]]

WORDS = {
    # status: (what happened, what to do)
    400: ("这一步没有办成", "请返回上一页再试一次。"),
    403: ("您的角色不能做这件事", "如果工作需要，请找上级资助中心调整权限。"),
    404: ("没有找到这一页", "可能是地址输错了，或者这件事不归您管。请从首页重新进入。"),
    405: ("这一步没有办成", "请返回上一页，按页面上的按钮操作。"),
    413: ("文件太大", f"一次最多上传 {OFFICE.bytes >> 20} MB。请按学校或年级分成几个文件再上传。"),
    422: (
        "不用交证明",
        "学校和县里都不得再要证明材料（苏教助函〔2020〕8号 三（一））。文件没有保存。有人要证明，请告诉县里。",
    ),
    429: ("试的次数太多了", "请稍后再试，或者打学校电话问。"),
    500: ("系统出了点问题", "请返回上一页，过几分钟再试一次；还不行，请把下面的编号告诉学校。"),
    503: ("系统正忙", "请过一分钟再试。政策内容和电话不受影响。"),
}


@blueprint.get("/health")
def health() -> tuple[str, int]:
    """For the reverse proxy: the process answers and the database too."""
    db.session.execute(db.select(1))
    return "ok\n", 200


def answer_in_words(app: Flask) -> None:
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(SecurityError, on_foreign_host)
    app.register_error_handler(CSRFError, lambda _: _page(400))
    app.register_error_handler(NotInScope, lambda _: _page(404))
    app.register_error_handler(TooManyTries, on_too_many_tries)
    app.register_error_handler(OperationalError, on_database_away)
    app.register_error_handler(DataError, on_unfit_text)
    app.register_error_handler(Exception, on_fault)


def on_http_error(error: HTTPException) -> Answer:
    own_words = error.description if error.description != type(error).description else None
    text, status = _page(error.code or 500, then=own_words)
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    return text, status, {"Allow": ", ".join(sorted(allowed))} if allowed else {}


def on_foreign_host(_: SecurityError) -> Answer:
    """A name in the Host header that is not ours: no page can be drawn, for no address of a page can be told."""
    return "网址不对，请照学校发的告知单重新输入。\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def on_too_many_tries(error: TooManyTries) -> Answer:
    text, status = _page(429, then=f"请在 {local(error.ends_at):%H:%M} 以后再试，或者打学校电话问。")
    return text, status, retry_after(error)


def retry_after(error: TooManyTries) -> dict[str, str]:
    return {"Retry-After": str(max(1, round((error.ends_at - now()).total_seconds())))}


def on_unfit_text(_: DataError) -> tuple[str, int]:
    """Text that no keyboard writes, such as a NUL; nothing was kept."""
    return _page(400)


def on_database_away(error: OperationalError) -> Answer:
    log.error("database away", kind=type(error.orig).__name__)
    text, status = _page(503)
    return text, status, {"Retry-After": "60"}


def on_fault(error: Exception) -> tuple[str, int]:
    incident = uuid4().hex[:8]
    log.error("fault", incident=incident, endpoint=request.endpoint, exc_info=error)
    return _page(500, incident=incident)


def _page(status: int, then: str | None = None, incident: str | None = None) -> tuple[str, int]:
    db.session.rollback()
    happened, advice = WORDS.get(status, WORDS[400])
    for_staff = request.path.startswith("/staff")
    template = "staff/error.html" if for_staff else "families/error.html"
    return render_template(template, happened=happened, then=then or advice, incident=incident), status
