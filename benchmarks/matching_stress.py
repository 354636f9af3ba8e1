"""信息比对 where every error kind is ten times as common and more: as ``matching``, on worse lists."""

from benchmarks import matching

LIMIT = matching.LIMIT


def run() -> list[matching.Score]:
    return matching.run(stress=True)
