"""Rows of a file read into memory, each with its place beside it."""

import pyarrow as pa

from portal.matching.source import LINE


def numbered(rows: pa.Table) -> pa.Table:
    """With ``LINE``."""
    return rows.append_column(LINE, pa.array(range(rows.num_rows), pa.int64()))
