"""回填与导出: what still has to be typed into 全国系统 and 就学信息库, taken away in their columns, and ticked off."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import RadioField, SelectField, StringField

from portal import audit, clock
from portal.access.permissions import Permission
from portal.access.tries import LIMITS
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import count, staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.matched import ExportForm
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.sheets import WRITERS, download
from portal.blueprints.staff.terms import asked_term, terms_around
from portal.coverage import back_fills, exports
from portal.coverage.back_fills import DAYS, Asked, Show
from portal.coverage.exports import ALONE, ExportRefused
from portal.coverage.templates import TEMPLATES
from portal.database import db
from portal.models import ExportRequest

MASKED, PLAIN = "masked", "plain"


class TemplateForm(ExportForm):
    """As any list is taken away, and whether with numbers in full."""

    numbers = RadioField("姓名和证件号", choices=choices({MASKED: "脱敏", PLAIN: "完整，写明理由"}), default=MASKED)
    why = StringField("要完整号码的理由")
    form = SelectField("格式", choices=choices({"xlsx": "Excel", "csv": "CSV（给程序读；用 Excel 打开会改坏号码）"}))

    @property
    def plain(self) -> bool:
        return bool(self.numbers.data == PLAIN)


@staff.get("/back-fill")
@needs(Permission.SEE_PUPILS)
def back_fill() -> str:
    return _page(TemplateForm(None))


@staff.post("/back-fill/mark")
@needs(Permission.EXPORT)
def mark_filled() -> BaseResponse | tuple[str, int]:
    """Those ticked, or, by the other button, all that are not yet."""
    session, asked, everything = db.session(), _asked(), "all" in request.form
    ids = None if everything else request.form.getlist("row", type=UUID)
    if ids == []:
        return _page(TemplateForm(None), "请先在左边勾选已经录入的行"), 422
    press, number = back_fills.mark(session, asked, ids, current_user.staff, clock.now())
    session.commit()
    return redirect(_back(done=press, marked=number))


@staff.post("/back-fill/marks/<uuid:mark_press_id>/undo")
@needs(Permission.EXPORT)
def undo_mark(mark_press_id: UUID) -> BaseResponse:
    session = db.session()
    number = back_fills.take_back(session, current_user.scope, mark_press_id, current_user.staff)
    session.commit()
    flash(f"已撤销，{number} 行回到未回填。")
    return redirect(_back())


@staff.post("/back-fill/export")
@needs(Permission.EXPORT)
def export_template() -> Response | BaseResponse | tuple[str, int]:
    form, asked = TemplateForm(), _asked()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        if form.plain and not exports.may_alone(db.session(), asked):
            return _ask(form, asked)
        return _take_away(asked, form.plain, form.form.data, form.purpose.data, form.why.data or "")
    except ExportRefused as refused:
        form.why.errors = [str(refused)]
        return _page(form), 422


@staff.post("/export-requests/<uuid:request_id>/decision")
@needs(Permission.EXPORT)
def decide_export(request_id: UUID) -> BaseResponse:
    session, asked_for = db.session(), _find(request_id)
    try:
        exports.decide(session, asked_for, "approve" in request.form, current_user.staff, clock.now())
    except ExportRefused as refused:
        flash(str(refused))
    else:
        session.commit()
        flash("已批准，申请人可以下载一次。" if asked_for.approved else "没有批准，申请人看得到。")
    return redirect(_back())


@staff.post("/export-requests/<uuid:request_id>/file")
@needs(Permission.EXPORT)
def take_export(request_id: UUID) -> Response | BaseResponse:
    session, asked_for = db.session(), _find(request_id)
    asked = Asked(current_user.scope, asked_for.term, back_fills.template_of(asked_for.template), clock.today())
    try:
        exports.take(session, asked_for, current_user.staff, clock.now())
        return _take_away(asked, True, "xlsx", asked_for.purpose, asked_for.why, str(asked_for.id))
    except ExportRefused as refused:
        session.rollback()
        flash(str(refused))
        return redirect(_back())


def _ask(form: TemplateForm, asked: Asked) -> BaseResponse:
    session = db.session()
    exports.ask(session, asked, form.purpose.data, form.why.data or "", current_user.staff, clock.now())
    session.commit()
    flash(f"超过 {ALONE} 行的完整号码要第二个人批准。申请已提交，批准后在这里下载。")
    return redirect(_back())


def _take_away(asked: Asked, plain: bool, form: str, purpose: str, why: str, request_id: str = "") -> Response:
    session, unit = db.session(), current_user.staff.unit
    words = exports.said(why) if plain else ""
    count("export")
    rows = list(exports.cells(session, asked, the_catalogue(), plain))
    audit.record(
        session, current_user.actor, "exported",
        unit_id=unit.id, source=source(), list=asked.template.code, term=asked.term, rows=len(rows),
        purpose=purpose, numbers=PLAIN if plain else MASKED, why=words, request=request_id,
    )  # fmt: skip
    session.commit()
    name = f"{asked.template.system}-{asked.template.label}-{asked.term}.{form}"
    return download(WRITERS[form]((*asked.template.headings, *exports.STATES), rows), name)


def _find(request_id: UUID) -> ExportRequest:
    found: ExportRequest = current_user.scope.find(db.session(), ExportRequest, request_id, ExportRequest.unit_id)
    return found


def _asked() -> Asked:
    days = request.args.get("days", DAYS[1], type=int)
    template = back_fills.template_of(request.args.get("template", ""))
    return Asked(current_user.scope, asked_term().code, template, clock.today(), days if days in DAYS else DAYS[1])


def _show() -> Show:
    written = request.args.get("show", Show.OPEN.value)
    return Show(written) if written in list(Show) else Show.OPEN


def _back(**more: Any) -> str:
    asked = _asked()
    return url_for("staff.back_fill", template=asked.template.code, term=asked.term, **more)


def _page(form: TemplateForm, refused: str = "") -> str:
    session, asked, show = db.session(), _asked(), _show()
    counts = back_fills.counts(session, asked)
    paging = Paging.within(asked_page(), counts[show])
    return render_template(
        "staff/back_fill.html",
        asked=asked,
        show=show,
        counts=counts,
        lines=back_fills.lines(session, asked, show, the_catalogue(), paging.offset, PAGE),
        late_schools=back_fills.late_by_school(session, asked) if counts[Show.LATE] else [],
        requests=exports.requests_for(session, asked.scope, current_user.staff, clock.now()),
        templates=TEMPLATES,
        days=DAYS,
        alone=ALONE,
        a_day=LIMITS["export"].most,
        paging=paging,
        term=asked_term(),
        terms=terms_around()[1:],
        form=form,
        refused=refused,
        done=request.args.get("done", type=UUID),
        marked=request.args.get("marked", 0, type=int),
    )
