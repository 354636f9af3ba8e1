"""A message's words for one number: which template, filled with what may be said there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.coverage.words import short_day
from portal.models import Unit
from portal.outreach.children import Child
from portal.outreach.contacts import Ownership
from portal.outreach.gateways.protocol import parts
from portal.outreach.messages import Template, template
from portal.outreach.words import surname
from portal.vocabulary import UnitLevel

COUNTS = "零一两三四五六"


@dataclass(frozen=True)
class Say:
    """``templates`` is the beginning of template names; publicity has one wording, the same for everybody."""

    templates: str = ""
    alike: Template | None = None

    def template_for(self, children: Sequence[Child], ownership: Ownership) -> Template:
        if self.alike is not None:
            return self.alike
        kind = "neutral" if ownership is not Ownership.OWN else "siblings" if len(children) > 1 else "own"
        return template(f"{self.templates}.{kind}")


@dataclass(frozen=True)
class Written:
    template: Template
    text: str

    @property
    def parts(self) -> int:
        return parts(self.text)


def write(say: Say, children: Sequence[Child], ownership: Ownership, by: date) -> Written:
    """Raise TemplateFault where no wording can be sent; an unsure number learns of no child, policy or amount."""
    first = children[0]
    chosen = say.template_for(children, ownership)
    one_school = len({child.school.id for child in children}) == 1
    words = {
        "signature": signature(first.office.name),
        "child": called(first),
        "grade": first.grade,
        "grades": "、".join(child.grade for child in children) if all(child.grade for child in children) else "",
        "count": COUNTS[len(children)],
        "policy": first.policy,
        "amount": first.amount,
        "date": short_day(by),
        "person": person_of(first) if one_school else "学校",
        "landline": (first.school.landline if one_school else "") or first.office.landline,
        "office_phone": first.office.landline,
    }
    return Written(chosen, chosen.say(words))


def office_of(unit: Unit) -> Unit:
    """Whose signature stands on what a unit says: a school's messages are signed by the office above it."""
    return unit.parent if unit.level is UnitLevel.SCHOOL and unit.parent else unit


def signature(office: str) -> str:
    """As filed with the operators: the office's own name."""
    return office if office.endswith(("局", "中心", "委", "委员会")) else f"{office}教育局"


def called(child: Child) -> str:
    """王同学; who has no 姓 is the family's child."""
    family_name = surname(child.name)
    return f"{family_name}同学" if family_name else "您的孩子"


def person_of(child: Child) -> str:
    """班主任李老师, else the school's aid officer."""
    return f"班主任{child.teacher}" if child.teacher else child.school.aid_officer or "班主任"
