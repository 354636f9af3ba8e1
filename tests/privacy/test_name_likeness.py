"""Two writings of a name that are not the same."""

import pytest

from portal.privacy.name_likeness import damage_fits, looks_alike, one_character_apart, sounds_alike, surname_changed


@pytest.mark.parametrize(("one", "other"), [("张晓雨", "章小语"), ("陈静", "程净"), ("李di", "李頔"), ("林娜", "凌拿")])
def test_names_that_sound_alike(one, other):
    assert sounds_alike(one, other)


@pytest.mark.parametrize(("one", "other"), [("王晴", "王睛"), ("李昊", "李吴"), ("杨锋", "杨峰")])
def test_names_that_look_alike(one, other):
    assert looks_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("王小雨", "王雨", True), ("王小雨", "王大雨", True), ("王小雨", "王雨小", True), ("王伟", "王芳", False)],
)
def test_one_character_is_little_of_three_and_much_of_two(one, other, apart):
    assert one_character_apart(one, other) is apart


def test_a_changed_surname_leaves_two_characters():
    assert surname_changed("王小雨", "李小雨")
    assert not surname_changed("王雨", "李雨")


@pytest.mark.parametrize(
    ("one", "other", "fit"),
    [("王?雨", "王小雨", True), ("王\ue123", "王頔", True), ("王*雨", "王小川", False), ("??", "王雨", False)],
)
def test_what_is_left_of_a_name_has_to_stand_in_the_same_places(one, other, fit):
    assert damage_fits(one, other) is fit
