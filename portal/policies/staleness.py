"""What somebody ought to look at again in the catalogue: not looked at for long, run out, with a gap, or not sure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from portal.policies.catalogue import Catalogue
from portal.policies.policy import Sureness, Version

SAID = {Sureness.CONFLICT: "来源互相冲突", Sureness.MEMORY: "来源未核实"}
LONGEST = 180
"""Days after which a version wants looking at again: once in each half of a school year."""


@dataclass(frozen=True)
class Stale:
    """One thing to look at; ``what`` says it in a sentence with what to do."""

    policy: str
    layer: str
    version_from: date
    what: str


@dataclass(frozen=True)
class Ways:
    """What one does about it, where the version is kept."""

    check: str
    name_document: str
    go_on: str


IN_A_FILE = Ways("请对照文件核对，改 checked_on", "请找到文件，改 source", "请查有没有新文件")
ON_THE_PAGE = Ways(
    "请在工作端“地方标准”里打开这一份，对照文件后按“核对过了，仍然有效”，由另一个人批准",
    "请找到文件，在工作端“地方标准”里再提一份，由另一个人批准",
    "请查有没有新文件，有的在工作端“地方标准”里提一个新版本",
)


def stale(catalogue: Catalogue, day: date, longest: int = LONGEST) -> tuple[Stale, ...]:
    """Everything in the province's files and the local ones, in their order."""
    on_page = {policy.code for overlay in catalogue.overlays if overlay.on_page for policy in overlay.own}
    layers = [(policy.code, policy.place, policy.versions, policy.code in on_page) for policy in catalogue.policies]
    layers += [
        (code, overlay.name, versions, overlay.on_page)
        for overlay in catalogue.overlays
        for code, versions in overlay.versions
    ]
    return tuple(
        Stale(code, layer, version.starts, what)
        for code, layer, versions, on_page in layers
        for version, what in _wrong(versions, ON_THE_PAGE if on_page else IN_A_FILE, day, longest)
    )


def _wrong(versions: tuple[Version, ...], ways: Ways, day: date, longest: int) -> Iterator[tuple[Version, str]]:
    for earlier, later in pairwise(versions):
        if earlier.until is not None and earlier.until + timedelta(days=1) < later.starts:
            yield earlier, f"{earlier.until} 到 {later.starts} 之间没有版本：请补上，或写明为什么没有"
    last = versions[-1]
    if last.until is not None and last.until < day:
        yield last, f"已于 {last.until} 到期，后面没有版本：{ways.go_on}"
        return
    age = (day - last.checked_on).days
    if age > longest:
        yield last, f"已有 {age} 天没有核对：{ways.check}"
    if last.sure in SAID:
        yield last, f"{SAID[last.sure]}：请找到文件，改 sure"
    if "待核" in last.source:
        yield last, f"文号待核：{ways.name_document}"
