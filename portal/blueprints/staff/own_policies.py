"""自己的政策: a city's or county's officer writes one, or a new version of it; another person approves it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.guards import needs
from portal.blueprints.staff.applying import MORE, GroundForm
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.database import db
from portal.enrolment import local_standards
from portal.enrolment.local_standards import StandardRefused
from portal.policies.conditions import SCHOOL_WORDS
from portal.policies.local_standard import Proposal
from portal.policies.own_policy import NO_GROUP, OwnPolicy
from portal.policies.policy import Per
from portal.vocabulary import ClaimMode, Stage

MOST_YUAN = 100_000
GROUPS = {NO_GROUP: "这些学段的全体学生", "hardship": "在部门名单里、或学校认定过的", "disabled": "在残联登记的学生"}
NEEDED = "请写一写，家长要看"
Answer = str | BaseResponse | tuple[str, int]


class OwnPolicyForm(GroundForm):
    """The whole of it; what the province says of nothing must be said here."""

    name = StringField("文件里的全名", [InputRequired("请写文件里的全名"), Length(max=60, message="请不超过60个字")])
    family_name = StringField(
        "家长看到的名称", [InputRequired(NEEDED), Length(max=12, message="请不超过12个字，手机上要放得下")]
    )
    family_words = TextAreaField("一两句话说明", [InputRequired(NEEDED), MORE])
    stages = SelectMultipleField(
        "哪些学段",
        [InputRequired("请至少选一个学段")],
        choices=choices({stage.value: SCHOOL_WORDS[stage] for stage in Stage}),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    group = SelectField("给谁", choices=choices(GROUPS))
    claim_mode = SelectField("办理方式", choices=choices({one.value: one.label for one in ClaimMode}))
    yuan = IntegerField("多少钱（元）", [Optional(), NumberRange(1, MOST_YUAN, f"请写1到{MOST_YUAN}之间的整数元")])
    per = SelectField("按什么给", choices=choices({one.value: one.label for one in Per}))
    help = StringField("不是按钱给的，给什么", [Length(max=20, message="请不超过20个字")])
    until = DateField("到哪一天为止", [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Either yuan or words for what is given; how, where, when and to whom the money goes."""
        sound = super().validate(extra_validators)
        for field in (self.how, self.where, self.when, self.payee):
            if not (field.data or "").strip():
                field.errors, sound = [NEEDED], False
        if bool(self.yuan.data) == bool((self.help.data or "").strip()) and not self.yuan.errors:
            self.yuan.errors, sound = ["请写多少钱；不是按钱给的，写给什么。两样写一样"], False
        return sound

    def proposal(self, code: str) -> Proposal:
        amount = {"typical": self.yuan.data, "per": self.per.data} if self.yuan.data else {"help": self.help.data}
        own = OwnPolicy(
            code, self.name.data.strip(), self.family_name.data.strip(), _sentence(self.family_words.data),
            tuple(self.stages.data), self.group.data, self.until.data.isoformat() if self.until.data else "",
        )  # fmt: skip
        return Proposal(
            code, self.starts.data, self.source.data.strip(), self.clause.data.strip(), self.checked_on.data,
            (amount,), ClaimMode(self.claim_mode.data), (self.note.data or "").strip(), self.applying(), own,
        )  # fmt: skip


@staff.route("/standards/own", methods=["GET", "POST"])
@needs(Permission.PROPOSE_STANDARD)
def own_policy() -> Answer:
    """A new one, or with ``policy`` a new version of one that stands, its words already there."""
    session, by = db.session(), current_user.staff
    code = request.args.get("policy", "")
    standing = local_standards.latest_own(session, by.unit, code) if code else None
    if code and standing is None:
        abort(404)
    form = OwnPolicyForm(data=_said(standing))
    if form.validate_on_submit():
        try:
            code = code or local_standards.next_own_code(session, by.unit)
            made = local_standards.propose(session, by.unit, form.proposal(code), by, clock.now())
        except StandardRefused as refused:
            form.form_errors.append(str(refused))
        else:
            session.commit()
            flash("已提出，等本单位或上级的另一个人批准；批准以前家长看不到。")
            return redirect(url_for("staff.standard", overlay_id=made.id))
    page = render_template("staff/own_policy.html", form=form, standing=standing)
    return (page, 422) if form.errors else page


def _said(standing: Proposal | None) -> dict[str, Any]:
    """The fields of what stands, but for the day and the ground, which are new."""
    if standing is None or standing.own is None:
        return {}
    own, amount = standing.own, standing.amounts[0]
    window: dict[str, str] = next(iter(standing.applying.get("window", ())), {})
    return {
        "name": own.name, "family_name": own.family_name, "family_words": own.family_words, "stages": own.stages,
        "group": own.group, "claim_mode": standing.claim_mode, "yuan": amount.get("typical"),
        "per": amount.get("per", Per.YEAR), "help": amount.get("help"), "note": standing.note, **standing.applying,
        **window,
    }  # fmt: skip


def _sentence(words: str) -> str:
    """With its full stop, as every policy says what it is."""
    said = " ".join(words.split())
    return said if said.endswith("。") else f"{said}。"
