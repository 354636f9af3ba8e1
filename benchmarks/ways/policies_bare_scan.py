"""The limit: the same file read, and as many columns of nothing written."""

import sys

import duckdb

from benchmarks.policies import POLICIES

source, out = sys.argv[1:]
nothing = ", ".join(f'0.0 AS "{code}"' for code in POLICIES)
with duckdb.connect() as con:
    con.execute("SET enable_progress_bar = false")
    con.execute(f"COPY (SELECT id, {nothing} FROM '{source}') TO '{out}' (FORMAT parquet)")
