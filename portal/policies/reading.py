"""One TOML file becomes one policy, one overlay or the list of categories."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

from portal.policies.conditions import UnknownKind, read_condition
from portal.policies.policy import (
    Amount,
    Application,
    Applying,
    Category,
    Condition,
    DayOfYear,
    Gives,
    Help,
    Money,
    Overlay,
    Per,
    Policy,
    Requirement,
    RestsOn,
    Sureness,
    Tier,
    Version,
    Waived,
    Waiver,
    Window,
)
from portal.policies.tables import Table
from portal.vocabulary import ClaimMode, Stage

REQUIREMENT_WORDS = ("words", "family", "change")
Groups = Mapping[str, Requirement]
"""Requirements that many policies share, by the code under which categories.toml has them."""

Row = TypeVar("Row")


def _each(rows: list[Table], read: Callable[[Table], Row]) -> tuple[Row, ...]:
    done = tuple(read(row) for row in rows)
    for row in rows:
        row.close()
    return done


def read_policy(table: Table, groups: Groups) -> Policy:
    families, apply = table.table("families"), table.table("apply")
    policy = Policy(
        code=table.text("code"),
        name=table.text("name"),
        family_name=families.text("name"),
        family_words=families.text("words"),
        stages=frozenset(table.code(code, "stages", Stage) for code in table.need("stages", list, "学段的列表")),
        claim_mode=table.member("claim_mode", ClaimMode),
        application=Application(
            apply.text("how"),
            apply.text("where"),
            apply.text("when"),
            apply.text("payee"),
            apply.maybe_text("listed"),
            _each(apply.tables("window", "办理时间"), read_window),
        ),
        versions=read_versions(table, groups),
        instead_of=tuple(table.find("instead_of", list, "政策代码的列表") or ()),
        not_with=tuple(table.find("not_with", list, "政策代码的列表") or ()),
        gives=table.maybe_member("gives", Gives) or Gives.AID,
        rests_on=table.maybe_member("rests_on", RestsOn) or RestsOn.ROLL,
    )
    for part in (table, families, apply):
        part.close()
    return policy


def read_window(table: Table) -> Window:
    return Window(_day_of_year(table, "opens"), _day_of_year(table, "closes"))


def _day_of_year(table: Table, key: str) -> DayOfYear:
    try:
        written = date.fromisoformat(f"2023-{table.text(key)}")
    except ValueError:
        raise table.wrong(f"{key} 写月和日，如 09-30") from None
    return DayOfYear(written.month, written.day)


def read_versions(table: Table, groups: Groups) -> tuple[Version, ...]:
    rows = table.tables("version", "版本")
    if not rows:
        raise table.wrong("至少要有一个版本")
    versions = _each(rows, lambda row: read_version(row, groups))
    for earlier, later in pairwise(versions):
        if later.starts <= earlier.starts:
            raise table.wrong(f"版本要按日期先后排列：{later.starts} 排在 {earlier.starts} 之后")
        if earlier.until is not None and earlier.until >= later.starts:
            raise table.wrong(f"{earlier.starts} 的版本到 {earlier.until} 才止，与 {later.starts} 的重叠")
    return versions


def read_version(table: Table, groups: Groups) -> Version:
    version = Version(
        starts=table.day("from"),
        until=table.maybe_day("until"),
        source=table.text("source"),
        clause=table.text("clause"),
        sure=table.member("sure", Sureness),
        checked_on=table.day("checked_on"),
        who=_each(table.tables("who", "条件"), lambda row: read_requirement(row, groups)),
        tiers=_each(table.tables("amount", "标准"), read_tier),
        claim_mode=table.maybe_member("claim_mode", ClaimMode),
        doubt=table.maybe_text("doubt"),
        note=table.maybe_text("note"),
        applying=_applying(table),
    )
    if version.until is not None and version.until < version.starts:
        raise table.wrong("until 早于 from")
    return version


def _applying(table: Table) -> Applying | None:
    if table.find("apply", dict, "一个表") is None:
        return None
    rows = table.table("apply")
    how, where, when, payee = (rows.maybe_text(key) for key in ("how", "where", "when", "payee"))
    changed = Applying(how, where, when, payee, _each(rows.tables("window", "办理时间"), read_window))
    rows.close()
    return changed


def read_requirement(table: Table, groups: Groups) -> Requirement:
    """A group by its code, whose words the policy may say otherwise, or conditions of the policy's own; or both."""
    group = table.maybe_text("group")
    if group is not None and group not in groups:
        raise table.wrong(f"categories.toml 里没有 {group} 这一组，可用：{'、'.join(groups)}")
    shared = groups[group] if group else Requirement(())
    words, family, change = (table.maybe_text(key) for key in REQUIREMENT_WORDS)
    conditions = _conditions(
        {kind: table.data[kind] for kind in table.data if kind not in ("group", *REQUIREMENT_WORDS)}, table
    )
    if not (shared.conditions or conditions):
        raise table.wrong("没有写条件")
    table.asked |= table.data.keys()
    return Requirement(
        (*shared.conditions, *conditions), words or shared.words, family or shared.family, change or shared.change
    )


def read_tier(table: Table) -> Tier:
    return Tier(
        when=_conditions(table.find("when", dict, "一组条件") or {}, table),
        amount=_amount(table),
        sure=table.maybe_member("sure", Sureness),
        note=table.maybe_text("note"),
        lower_because=table.maybe_text("lower_because"),
    )


def _amount(table: Table) -> Amount:
    waived, helped = table.maybe_member("waives", Waived), table.maybe_text("help")
    if waived is not None:
        return Waiver(waived)
    if helped is not None:
        return Help(helped)
    money = Money(table.yuan("from"), table.yuan("to"), table.yuan("typical"), table.member("per", Per))
    known = [yuan for yuan in (money.low, money.typical, money.high) if yuan is not None]
    if not known:
        raise table.wrong("from、to、typical 至少写一个，或写 waives、help")
    if known != sorted(known):
        raise table.wrong("应有 from ≤ typical ≤ to")
    return money


def _conditions(wanted: Mapping[str, Any], table: Table) -> tuple[Condition, ...]:
    try:
        return tuple(read_condition(kind, value) for kind, value in wanted.items())
    except UnknownKind as problem:
        raise table.wrong(str(problem)) from problem


def read_groups(table: Table) -> dict[str, Requirement]:
    """The shared requirements of categories.toml."""
    rows = table.tables("group", "组")
    codes = [row.text("code") for row in rows]
    bare = [Table({key: row.data[key] for key in row.data if key != "code"}, row.where) for row in rows]
    return dict(zip(codes, (read_requirement(row, {}) for row in bare), strict=True))


def read_categories(table: Table) -> dict[str, Category]:
    rows = table.tables("category", "类别")
    known = _each(
        rows, lambda row: Category(row.text("code"), row.text("name"), row.text("bureau"), row.maybe_day("until"))
    )
    table.close()
    by_code = {category.code: category for category in known}
    if len(by_code) < len(known):
        raise table.wrong("类别代码重复")
    return by_code


def read_overlay(table: Table, policies: Collection[str], groups: Groups) -> Overlay:
    division, rows = table.text("division"), table.tables("policy", "政策")
    if not (division.isdecimal() and len(division) in (4, 6)):
        raise table.wrong("division 写市的前 4 位或县的 6 位代码")

    def read(row: Table) -> tuple[str, tuple[Version, ...]]:
        code = row.text("code")
        if code not in policies:
            raise row.wrong(f"目录里没有 {code}")
        return code, read_versions(row, groups)

    name, demonstration = table.text("name"), bool(table.find("demonstration", bool, "true 或 false"))
    own = tuple(read_own(row, division, name, groups) for row in table.tables("own", "自己的政策"))
    table.close()
    return Overlay(division, name, demonstration, _each(rows, read), own)


def read_own(table: Table, division: str, place: str, groups: Groups) -> Policy:
    """A policy that only one city or county has; its code says whose."""
    policy = read_policy(table, groups)
    if not policy.code.startswith(f"{division}-"):
        raise table.wrong(f"code 以 {division}- 开头，如 {division}-1")
    return replace(policy, division=division, place=place)
