"""How large the invented county is: the story's seven schools, and beside them as many plain ones as wanted."""

from dataclasses import dataclass

from portal.demo.people import YEARS, Year

PLACES = "清溪柳庄石桥云台南塘青山白鹭沙河平湖东城西城枫林临江竹园双塔古井长堤花园望海金桥"
"""Twenty names of two characters each."""
STORY = """代码,名称,级别,上级代码,学段,联系电话,资助老师,办学性质
32,江苏省教育厅,province,,,,,
3299,示例市教育局,city,32,,0510-00000099,,
329901,示例县教育局,county,3299,,0510-00000000,陈老师,
329902,邻县教育局,county,3299,,0510-00000020,,
329901-MZ,示例县民政局,bureau,329901,,,,
329901-CL,示例县残联,bureau,329901,,,,
329901-NY,示例县农业农村局,bureau,329901,,,,
3299010001,示例县实验小学,school,329901,primary,0510-00000001,张老师,
3299010002,示例县第一中学,school,329901,junior;senior,0510-00000002,吴老师,
3299010003,示例县特殊教育学校,school,329901,primary;junior,0510-00000003,何老师,
3299010004,示例县第二小学,school,329901,primary,0510-00000004,徐老师,
3299010005,示例县职业中学,school,329901,vocational,0510-00000005,马老师,
3299020001,邻县中心小学,school,329902,primary,0510-00000021,朱老师,
3299000001,示例市高等职业学院,school,3299,college,0510-00000091,高老师,
"""


@dataclass(frozen=True)
class Kind:
    """Schools that are alike: how they are called, and of each grade the age, the children and the classes."""

    name: str
    stage: str
    grades: tuple[str, ...]
    age: int
    children: int
    classes: int
    ownership: str = ""


@dataclass(frozen=True)
class School:
    code: str
    name: str
    kind: Kind

    @property
    def years(self) -> tuple[Year, ...]:
        kind = self.kind
        return tuple(
            Year(self.code, grade, kind.age + place, kind.children, kind.classes)
            for place, grade in enumerate(kind.grades)
        )


@dataclass(frozen=True)
class Size:
    """``schools`` are those beside the story's; the ledger was opened so many ``days`` ago.

    Where messages do not ``leave`` they wait for ``flask dispatch``: thousands, one by one, are its work.
    """

    label: str
    schools: tuple[School, ...] = ()
    days: int = 0
    leave: bool = True

    @property
    def years(self) -> tuple[Year, ...]:
        return (*YEARS, *(year for school in self.schools for year in school.years))

    @property
    def units(self) -> str:
        """As a county hands its units in."""
        lines = (
            f"{one.code},{one.name},school,329901,{one.kind.stage},0510-00001{place:03d},王老师,{one.kind.ownership}\n"
            for place, one in enumerate(self.schools)
        )
        return STORY + "".join(lines)


def _schools(*kinds: tuple[int, Kind]) -> tuple[School, ...]:
    each = [(place, kind) for count, kind in kinds for place in range(count)]
    return tuple(
        School(f"32990101{number:02d}", kind.name.format(PLACES[2 * place : 2 * place + 2]), kind)
        for number, (place, kind) in enumerate(each)
    )


FROM_ONE = tuple(f"{numeral}年级" for numeral in "一二三四五六")
FROM_SEVEN = tuple(f"{numeral}年级" for numeral in "七八九")
HIGH = ("高一", "高二", "高三")


def _primary(children: int, classes: int) -> Kind:
    return Kind("{}镇中心小学", "primary", FROM_ONE, 6, children, classes)


def _junior(children: int, classes: int) -> Kind:
    return Kind("{}初级中学", "junior", FROM_SEVEN, 12, children, classes)


SIZES = {
    "small": Size("七所学校，三百多名学生"),
    "town": Size("九所学校，约两千名学生", _schools((1, _primary(164, 4)), (1, _junior(234, 6))), days=24),
    "county": Size(
        "示例县四十所学校，六万名学生",
        _schools(
            (20, _primary(300, 7)),
            (9, _junior(500, 10)),
            (5, Kind("{}高级中学", "senior", HIGH, 15, 600, 12)),
            (1, Kind("{}幼儿园", "preschool", ("小班", "中班", "大班"), 3, 396, 12, "公办")),
        ),
        days=24,
        leave=False,
    ),
}
