"""困难类别: which there are, and a further one by the province (N1-1)."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.database import db
from portal.intake.categories import CategoryRefused, Said, add, all_categories


class CategoryForm(Form):
    code = StringField("代码", [InputRequired("请写代码")])
    name = StringField("名称", [InputRequired("请写名称"), Length(max=60, message="名称请不超过60个字")])
    aliases = StringField("名单里的其他叫法", [Length(max=300, message="请不超过300个字")])
    bureau = StringField("主管部门", [InputRequired("请写主管部门"), Length(max=40, message="请不超过40个字")])

    @property
    def said(self) -> Said:
        return Said(self.code.data, self.name.data, self.aliases.data or "", self.bureau.data)


@staff.get("/categories")
@needs(Permission.KEEP_CATEGORIES)
def categories() -> str:
    return _page(CategoryForm(None))


@staff.post("/categories")
@needs(Permission.KEEP_CATEGORIES)
def add_category() -> BaseResponse | tuple[str, int]:
    form, session = CategoryForm(), db.session()
    if form.validate_on_submit():
        try:
            add(session, form.said, current_user.staff)
        except CategoryRefused as refused:
            form[refused.field].errors = [str(refused)]
        else:
            session.commit()
            flash("已新增。名单里从现在起可以写这一类；它享受哪些资助，由政策文件写明。")
            return redirect(url_for("staff.categories"))
    return _page(form), 422


def _page(form: CategoryForm) -> str:
    return render_template("staff/categories.html", form=form, kept=all_categories(db.session()))
