"""信息比对 of a province, ten million pupils beside three million entries: as ``matching``, pandas left out.

Splink is given fifteen minutes.
"""

from benchmarks import matching

LIMIT = matching.LIMIT
WAYS = ("ours", LIMIT, "splink_duckdb")


def run() -> list[matching.Score]:
    return matching.run(10_000_000, 3_000_000, ways=WAYS, turns=1)
