"""报备模板 and 签名备案: what suppliers approved of our words, and which operators know whose name they leave under."""

from datetime import date

from flask import current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.database import db
from portal.models import SupplierTemplate
from portal.outreach.messages import all_templates
from portal.outreach.sayings import BLANKS
from portal.outreach.signature_filings import FilingRefused, count_held, signatures_within, standing
from portal.outreach.signature_filings import record as record_filing
from portal.outreach.supplier_templates import SUPPLIERS, TemplateRefused, record
from portal.suppliers import Suppliers
from portal.vocabulary import Operator

FILED, LAPSED = "filed", "lapsed"


class SupplierTemplateForm(Form):
    supplier = SelectField("供应商", choices=choices(SUPPLIERS))
    template = SelectField("我们的文案", [InputRequired("请选文案")])
    code = StringField("模板代码", [InputRequired("请填供应商给的模板代码"), Length(max=60, message="代码太长")])
    text = TextAreaField("报备的原文", [InputRequired("请照抄报备的原文"), Length(max=500, message="原文太长")])
    approved_on = DateField("批准日期", [InputRequired("请填供应商批准的日期")])


class FilingForm(Form):
    signature = SelectField("签名", [InputRequired("请选签名")])
    operator = SelectField("运营商", choices=choices({one.value: one.label for one in Operator}))
    what = SelectField("登记什么", choices=choices({FILED: "备案成功", LAPSED: "备案失效"}))
    day = DateField("哪一天", [InputRequired("请填运营商确认的日期")])


@staff.get("/supplier-templates")
@needs(Permission.SEE_OPERATIONS)
def supplier_templates() -> str:
    return _page(_form(SupplierTemplateForm(None)))


@staff.post("/supplier-templates")
@needs(Permission.SEE_OPERATIONS)
def record_supplier_template() -> BaseResponse | tuple[str, int]:
    form, session = _form(SupplierTemplateForm()), db.session()
    if form.validate_on_submit():
        name, _, wording = form.template.data.rpartition("|")
        approved_on: date = form.approved_on.data
        try:
            record(
                session, form.supplier.data, form.code.data.strip(), name, int(wording), form.text.data.strip(),
                approved_on, current_user.actor, clock.now(),
            )  # fmt: skip
        except TemplateRefused as refused:
            form.text.errors = [str(refused)]
        else:
            session.commit()
            flash("已登记。")
            return redirect(url_for("staff.supplier_templates"))
    return _page(form), 422


@staff.post("/supplier-templates/signatures")
@needs(Permission.SEE_OPERATIONS)
def record_signature_filing() -> BaseResponse | tuple[str, int]:
    form, session = _filing_form(FilingForm()), db.session()
    if form.validate_on_submit():
        operator, filed, day = Operator(form.operator.data), form.what.data == FILED, form.day.data
        try:
            record_filing(session, form.signature.data, operator, filed, day, current_user.actor, clock.now())
        except FilingRefused as refused:
            form.day.errors = [str(refused)]
        else:
            session.commit()
            flash("已登记。")
            return redirect(url_for("staff.supplier_templates"))
    return _page(_form(SupplierTemplateForm(None)), form), 422


def _suppliers() -> Suppliers:
    suppliers: Suppliers = current_app.extensions["settings"].suppliers
    return suppliers


def _filing_form(form: FilingForm) -> FilingForm:
    """Of the offices in one's scope alone."""
    signatures = signatures_within(db.session(), current_user.scope)
    form.signature.choices = choices({signed: f"【{signed}】" for signed in signatures})
    return form


def _form(form: SupplierTemplateForm) -> SupplierTemplateForm:
    form.template.choices = choices(
        {
            f"{template.name}|{place}": template.wordings[place].format_map(BLANKS)
            for template in all_templates()
            for place in range(len(template.wordings))
        }
    )
    return form


def _page(form: SupplierTemplateForm, filing_form: FilingForm | None = None) -> str:
    session, filing_form = db.session(), filing_form or _filing_form(FilingForm(None))
    kept = select(SupplierTemplate).order_by(SupplierTemplate.supplier, SupplierTemplate.code)
    return render_template(
        "staff/supplier_templates.html",
        form=form,
        kept=session.scalars(kept).all(),
        suppliers=SUPPLIERS,
        filing_form=filing_form,
        filings=standing(session, [choice.value for choice in filing_form.signature.choices]),
        operators=list(Operator),
        held=count_held(session, current_user.scope, _suppliers().operators),
    )
