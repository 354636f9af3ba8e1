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


def stale(catalogue: Catalogue, day: date, longest: int = LONGEST) -> tuple[Stale, ...]:
    """Everything in the province's files and the local ones, in their order."""
    layers = [(policy.code, policy.place, policy.versions) for policy in catalogue.policies]
    layers += [(code, overlay.name, versions) for overlay in catalogue.overlays for code, versions in overlay.versions]
    return tuple(
        Stale(code, layer, version.starts, what)
        for code, layer, versions in layers
        for version, what in _wrong(versions, day, longest)
    )


def _wrong(versions: tuple[Version, ...], day: date, longest: int) -> Iterator[tuple[Version, str]]:
    for earlier, later in pairwise(versions):
        if earlier.until is not None and earlier.until + timedelta(days=1) < later.starts:
            yield earlier, f"{earlier.until} 到 {later.starts} 之间没有版本：请补上，或写明为什么没有"
    last = versions[-1]
    if last.until is not None and last.until < day:
        yield last, f"已于 {last.until} 到期，后面没有版本：请查有没有新文件"
        return
    age = (day - last.checked_on).days
    if age > longest:
        yield last, f"已有 {age} 天没有核对：请对照文件核对，改 checked_on"
    if last.sure in SAID:
        yield last, f"{SAID[last.sure]}：请找到文件，改 sure"
    if "待核" in last.source:
        yield last, "文号待核：请找到文件，改 source"
