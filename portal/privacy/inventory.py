"""个人信息清单: which stored field is what of a person, why it is kept and how long (L-01, L-14); a page for people."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("inventory.toml")
CLASSES = {
    "S1": "姓名、学校、班级，和指向一个人的编号",
    "S2": "证件号、电话等号码，能找到人的",
    "S3": "困难类别、资助、家里说过的话、同意",
}
BASES = {"statutory": "法定职责", "consent": "单独同意"}
HEAD = """# 个人信息处理清单

`portal/privacy/inventory.toml` 里每个字段都有分类；`make inventory` 由它生成本页，改了表而没有分类，测试不通过。
不满14周岁的人，依法全部都是敏感个人信息；一个字段只有一个分类，不分年龄，对他们没有另外一套加密和脱敏。
加密：名字以 `_sealed` 结尾的字段；`_index` 结尾的只能比对相等。

"""


@dataclass(frozen=True)
class Holding:
    """One table: what it holds of a person, why, on what ground, how long; the columns of each class and the rest."""

    table: str
    holds: str
    why: str
    basis: str
    kept: str
    classed: dict[str, tuple[str, ...]]
    plain: tuple[str, ...]


@cache
def inventory() -> tuple[Holding, ...]:
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Holding(
            table, of["holds"], of["why"], of["basis"], of["kept"],
            {name: tuple(of.get(name, ())) for name in CLASSES}, tuple(of.get("plain", ())),
        )
        for table, of in told.items()
        if table != "nobody"
    )  # fmt: skip


@cache
def of_nobody() -> tuple[str, ...]:
    """Tables without anything of a person."""
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"))["nobody"])


def page() -> str:
    parts = [HEAD, *(f"- **{name}** {words}\n" for name, words in CLASSES.items())]
    for one in inventory():
        parts.append(
            f"\n## {one.holds}（{one.table}）\n\n用途：{one.why}。依据：{BASES[one.basis]}。保存：{one.kept}。\n\n"
        )
        parts += [f"- {name}：{'、'.join(columns)}\n" for name, columns in one.classed.items() if columns]
    return "".join([*parts, f"\n## 不含个人信息的表\n\n{'、'.join(of_nobody())}\n"])
