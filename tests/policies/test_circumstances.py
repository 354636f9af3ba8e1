from datetime import date

import pytest

from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import UNDETERMINED, WrongInput, read_grade, read_question
from portal.vocabulary import Determination, SchoolOwnership, Stage

ROW = {"id": "k1", "day": "2026-09-07", "stage": "primary"}


def test_a_whole_row_is_read(catalogue: Catalogue) -> None:
    row = ROW | {
        "school": {"ownership": "private"},
        "categories": ["DIBAO"],
        "determination": "serious",
        "hukou": "329901",
    }
    question = read_question(row, 1, catalogue.categories)
    assert (question.id, question.day) == ("k1", date(2026, 9, 7))
    assert question.circumstances.ownership is SchoolOwnership.PRIVATE
    assert question.circumstances.categories == frozenset({"DIBAO"})
    assert question.circumstances.determination is Determination.SERIOUS


def test_absent_is_unknown_and_an_explicit_null_determination_is_none_given(catalogue: Catalogue) -> None:
    assert read_question(ROW, 1, catalogue.categories).circumstances.determination is None
    assert (
        read_question(ROW | {"determination": None}, 1, catalogue.categories).circumstances.determination
        == UNDETERMINED
    )
    assert read_question(ROW | {"boarding": None}, 1, catalogue.categories).circumstances.boarding is None


@pytest.mark.parametrize(("place", "boards"), [("boarding", True), ("day", False), ("at_home", False), (True, True)])
def test_boarding_is_yes_no_or_a_code_of_the_roster(catalogue: Catalogue, place: object, boards: bool) -> None:
    assert read_question(ROW | {"boarding": place}, 1, catalogue.categories).circumstances.boarding is boards


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"stage": "小学"}, "第3条（id k1）：stage 写的是“小学”，只能写 preschool、primary"),
        ({"stage": ["primary"]}, "stage 写的是“['primary']”"),
        ({"boarding": "yes"}, "boarding 写的是“yes”，只能写 true、false 或 day、boarding、at_home"),
        ({"disabled": "false"}, "disabled 写的是“false”，只能写 true 或 false"),
        ({"disabled": 1}, "disabled 写的是“1”"),
        ({"day": "2026-02-30"}, "day 写的是“2026-02-30”，请写成 2026-09-07 这样的日期"),
        ({"day": "20260907"}, "day 写的是“20260907”"),
        ({"day": None}, "day 写的是空"),
        ({"categories": ["DIBAO", "低保"]}, "categories 写的是“低保”，不是认识的类别代码，请用 DEFACTO、DIBAO"),
        ({"categories": "DIBAO"}, "categories 写的是“DIBAO”，请写成代码的列表"),
        ({"categories": [[]]}, "categories 写的是“[]”，不是认识的类别代码"),
        ({"determination": "high"}, "determination 写的是“high”，只能写 extreme、serious、general"),
        ({"grade": 13}, "grade 写的是“13”，请写本学段的第几年级"),
        ({"grade": True}, "grade 写的是“True”"),
        ({"hukou": 329901}, "hukou 写的是“329901”，请写 6 位行政区划代码并加引号"),
        ({"county": "示例县"}, "county 写的是“示例县”"),
        ({"school": "public"}, "school 写的是“public”，请写成对象"),
        ({"school": {"ownership": "state"}}, "school.ownership 写的是“state”，只能写 public、private"),
        ({"school": {"full_time": "全日制"}}, "school.full_time 写的是“全日制”，只能写 true 或 false"),
        ({"id": None}, "第3条：id 写的是空，请给每个学生一个编号"),
    ],
)
def test_wrong_input_is_refused_with_id_field_and_remedy(
    catalogue: Catalogue, wrong: dict[str, object], sentence: str
) -> None:
    with pytest.raises(WrongInput) as refused:
        read_question(ROW | wrong, 3, catalogue.categories)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("written", "stage", "grade"),
    [
        (4, Stage.PRIMARY, 4),
        ("四年级", Stage.PRIMARY, 4),
        ("4年级", Stage.PRIMARY, 4),
        ("7年级", Stage.JUNIOR, 1),
        ("九年级", Stage.JUNIOR, 3),
        ("初二", Stage.JUNIOR, 2),
        ("高一", Stage.SENIOR, 1),
        ("12", Stage.SENIOR, 3),
        ("大班", Stage.PRESCHOOL, 3),
        ("高职二年级", Stage.COLLEGE, 2),
        ("7年级", Stage.PRIMARY, None),
        ("毕业班", Stage.PRIMARY, None),
        (0, Stage.PRIMARY, None),
    ],
)
def test_a_grade_counts_within_its_stage(written: object, stage: Stage, grade: int | None) -> None:
    assert read_grade(written, stage) == grade


def test_a_grade_with_a_point_and_nothing_behind_it_is_whole(catalogue: Catalogue) -> None:
    assert read_question(ROW | {"grade": 4.0}, 1, catalogue.categories).circumstances.grade == 4
    with pytest.raises(WrongInput, match="grade"):
        read_question(ROW | {"grade": 4.5}, 1, catalogue.categories)


def test_an_id_that_no_text_can_hold_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(WrongInput, match="不成字"):
        read_question(ROW | {"id": "\ud800"}, 1, catalogue.categories)
