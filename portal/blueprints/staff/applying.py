"""本地怎么办: what a city or county says of applying, and on which ground, as fields that two forms share."""

import re
from datetime import date
from typing import Any

from wtforms import DateField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from portal.blueprints.forms import Form

FEW = Length(max=100, message="请不超过100个字")
MORE = Length(max=200, message="请不超过200个字")


class DayOfYearField(StringField):
    """9月1日, 9-1 or 09/01; ``written`` as a policy file has it."""

    written = ""

    def pre_validate(self, _form: Any) -> None:
        found = re.fullmatch(r"\s*(\d{1,2})\D+(\d{1,2})\s*日?\s*", self.data or "")
        if not (self.data or "").strip():
            return
        try:
            day = date(2023, *map(int, found.groups())) if found else None
        except ValueError:
            day = None
        if day is None:
            raise ValidationError("请写几月几日，如 9月20日")
        self.written = f"{day:%m-%d}"


class GroundForm(Form):
    """From when, by which document, and how a family applies."""

    starts = DateField("从哪一天起", [InputRequired("请写从哪一天起执行")])
    source = StringField("依据文件", [InputRequired("请写文件名称和文号：没有依据的标准不能执行"), MORE])
    clause = TextAreaField(
        "哪一条、怎么说", [InputRequired("请写是哪一条、原文怎么说"), Length(max=400, message="请不超过400个字")]
    )
    checked_on = DateField("哪天核对的原件", [InputRequired("请写哪一天核对过原件")])
    how = StringField("怎么办", [FEW])
    where = StringField("在哪里", [FEW])
    when = StringField("什么时候", [FEW])
    opens = DayOfYearField("每年从几月几日受理")
    closes = DayOfYearField("到几月几日")
    payee = StringField("钱到哪里", [FEW])
    note = StringField("给家长的一句话", [MORE])

    def applying(self) -> dict[str, Any]:
        """As a policy file has it under ``[policy.version.apply]``; what was left empty is not there."""
        fields = {"how": self.how, "where": self.where, "when": self.when, "payee": self.payee}
        said = {key: field.data.strip() for key, field in fields.items() if (field.data or "").strip()}
        days = {"opens": self.opens.written, "closes": self.closes.written}
        return said | ({"window": [days]} if any(days.values()) else {})

    def validate(self, extra_validators: Any = None) -> bool:
        """One day without the other is no span."""
        sound: bool = super().validate(extra_validators)
        if bool(self.opens.written) != bool(self.closes.written):
            lacking = self.closes if self.opens.written else self.opens
            lacking.errors = [*lacking.errors, "受理的头一天和末一天要一起写"]
            return False
        return sound
