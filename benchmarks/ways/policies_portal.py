"""Ours: each distinct circumstance judged once, with reasons, then laid beside its pupils."""

import sys
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.policies import DAY, POLICIES
from portal.policies.bulk import evaluate_file
from portal.policies.catalogue import load_catalogue

source, out = map(Path, sys.argv[1:])
pupils, findings = out.with_suffix(".pupils"), out.with_suffix(".findings")
judged = evaluate_file(load_catalogue(), source, pupils, findings, date.fromisoformat(DAY))
print(judged, file=sys.stderr)
sums = ", ".join(f"coalesce(max(term_yuan) FILTER (policy = '{code}'), 0) AS \"{code}\"" for code in POLICIES)
zero = ", ".join(f'coalesce("{code}", 0) AS "{code}"' for code in POLICIES)
with duckdb.connect() as con:
    con.execute("SET enable_progress_bar = false")
    con.execute("SET preserve_insertion_order = false")
    con.execute(f"CREATE TABLE wide AS SELECT circumstance, {sums} FROM read_parquet('{findings}') GROUP BY 1")
    con.execute(
        f"COPY (SELECT id, {zero} FROM read_parquet('{pupils}') LEFT JOIN wide USING (circumstance)) "
        f"TO '{out}' (FORMAT parquet)"
    )
