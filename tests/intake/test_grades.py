import pytest

from portal.intake.grades import Grade, read_grade, stages_of_school
from portal.vocabulary import Stage


@pytest.mark.parametrize(
    ("text", "stage", "number"),
    [
        ("大班", Stage.PRESCHOOL, 3),
        ("小四", Stage.PRIMARY, 4),
        ("小学四年级", Stage.PRIMARY, 4),
        ("六年级", Stage.PRIMARY, 6),
        ("初二", Stage.JUNIOR, 2),
        ("八年级", Stage.JUNIOR, 2),
        ("初中八年级", Stage.JUNIOR, 2),
        ("7年级", Stage.JUNIOR, 1),
        ("九(1)班", Stage.JUNIOR, 3),
        ("高一", Stage.SENIOR, 1),
        ("高三（5）班", Stage.SENIOR, 3),
        ("十二年级", Stage.SENIOR, 3),
        ("中职一年级", Stage.VOCATIONAL, 1),
        ("高职二年级", Stage.COLLEGE, 2),
        ("五年制高职一年级", Stage.COLLEGE, 1),
        ("大一", Stage.COLLEGE, 1),
        ("研一", Stage.MASTER, 1),
        ("博二", Stage.DOCTOR, 2),
    ],
)
def test_words_that_name_their_stage_need_no_school(text, stage, number):
    assert read_grade(text) == Grade(stage, number)


@pytest.mark.parametrize(
    ("school", "stage"),
    [
        ("示例县实验小学", Stage.PRIMARY),
        ("示例县特殊教育学校", Stage.PRIMARY),
        ("示例县职教中心", Stage.VOCATIONAL),
        ("示例市高等职业学院", Stage.COLLEGE),
        ("示例大学", None),
        ("", None),
    ],
)
def test_a_bare_grade_is_settled_by_the_school_or_not_at_all(school, stage):
    assert read_grade("二年级", stages_of_school(school)) == Grade(stage, 2)


@pytest.mark.parametrize("text", ["2023级", "初2023级", "毕业班", ""])
def test_what_is_no_grade_is_left_open(text):
    assert read_grade(text) == Grade(None, None)
