"""The words of the built-in reminder; ``wordings.txt`` beside this file is for people to read."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from portal.models import Unit
from portal.outreach.children import Child
from portal.outreach.contacts import Ownership
from portal.outreach.gateways.protocol import units
from portal.outreach.messages import TemplateFault
from portal.outreach.words import lint
from portal.outreach.writing import Say, Written, signature
from portal.outreach.writing import write as write_for
from portal.vocabulary import UnitLevel

WORDINGS = Path(__file__).parent / "wordings.txt"
COUNTY = Unit(code="329901", name="示例县教育局", level=UnitLevel.COUNTY, landline="0510-00000000")
LONG_NAME = "示例蒙古族达斡尔族自治县教育体育局"
FAR_COUNTY = Unit(code="329902", name=LONG_NAME, level=UnitLevel.COUNTY, landline="0510-00000009")
SILENT_COUNTY = Unit(code="329903", name="示例县教育局", level=UnitLevel.COUNTY, landline="")
SCHOOL = Unit(code="1", name="示例县实验小学", level=UnitLevel.SCHOOL, landline="0510-00000001", aid_officer="张老师")
SILENT_SCHOOL = Unit(code="2", name="示例县第二小学", level=UnitLevel.SCHOOL, landline="", aid_officer="")


SAY = Say("enrolment_not_confirmed")
BY = date(2026, 9, 21)


def write(children: list[Child], ownership: Ownership) -> Written:
    return write_for(SAY, children, ownership, BY)


def a_child(**values: object) -> Child:
    usual: dict[str, object] = {
        "pupil_id": uuid4(),
        "name": "王小雨",
        "school": SCHOOL,
        "office": COUNTY,
        "grade": "四年级",
        "teacher": "李老师",
        "policy": "生活补助",
        "amount": "500元/学期",
    }
    return Child(**{**usual, **values})  # type: ignore[arg-type]


OWN, UNSURE = Ownership.OWN, Ownership.UNSURE
SIBLINGS = [a_child(), a_child(name="王小川", grade="二年级")]
CASES = {
    "自己的号码": (OWN, [a_child()]),
    "金额以学校为准": (OWN, [a_child(amount="625元/学期(以学校为准)")]),
    "没有班主任姓名": (OWN, [a_child(teacher="")]),
    "减免，没有金额": (OWN, [a_child(policy="免学费", amount="")]),
    "台账还没有": (OWN, [a_child(policy="", amount="")]),
    "复姓": (OWN, [a_child(name="欧阳雨")]),
    "生僻字算两个": (OWN, [a_child(name="李𬱖", teacher="李𬱖老师")]),
    "没有姓": (OWN, [a_child(name="阿依古丽·买买提", grade="高一", policy="国家助学金", amount="1150元/学期")]),
    "学校没有电话": (OWN, [a_child(school=SILENT_SCHOOL, teacher="")]),
    "哪里都没有电话": (OWN, [a_child(school=SILENT_SCHOOL, office=SILENT_COUNTY, teacher="")]),
    "很长的单位名": (OWN, [a_child(office=FAR_COUNTY, amount="1,150.50元/学期(以学校为准)", teacher="欧阳老师")]),
    "两个孩子": (OWN, SIBLINGS),
    "两个孩子，不同学校": (OWN, [SIBLINGS[0], a_child(name="王小川", grade="初二", school=SILENT_SCHOOL)]),
    "六个孩子，很长的单位名": (OWN, [a_child(office=FAR_COUNTY, grade="小学一年级") for _ in range(6)]),
    "不确定的号码": (UNSURE, [a_child()]),
    "不确定的号码，两个孩子": (UNSURE, SIBLINGS),
}


def test_the_wordings_are_the_ones_that_people_have_read() -> None:
    said = "\n".join(
        f"{name}（{units(written.text)}字，{written.template.name} v{written.template.version}）\n{written.text}\n"
        for name, (ownership, children) in CASES.items()
        for written in (write(children, ownership),)
    )

    assert said == WORDINGS.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_wording_is_one_segment_that_may_be_sent(case: tuple[Ownership, list[Child]]) -> None:
    written = write(case[1], case[0])

    assert written.parts == 1
    assert lint(written.text) == []


def test_an_unsure_number_learns_nothing_of_the_child() -> None:
    text = write([a_child()], UNSURE).text

    assert not any(word in text for word in ("王", "四年级", "生活补助", "500", "李老师"))


def test_a_policy_whose_name_tells_of_hardship_is_not_sent() -> None:
    with pytest.raises(TemplateFault):
        write([a_child(policy="家庭经济困难学生生活补助")], OWN)


def test_a_county_that_is_named_without_its_office_signs_as_its_education_bureau() -> None:
    assert signature("示例县") == "示例县教育局"
    assert signature(COUNTY.name) == "示例县教育局"
