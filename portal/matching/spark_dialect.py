"""A query of the engine, written in DuckDB's dialect, as Spark says it; sqlglot of the group ``spark`` translates."""

import sqlglot
from sqlglot import exp

FUNCTIONS = {"strlen": "octet_length"}
"""What DuckDB calls it and what Spark does, where sqlglot leaves the name as it is."""


def in_spark(query: str) -> str:
    """The query in Spark's dialect."""
    return str(sqlglot.parse_one(query, read="duckdb").transform(_said).sql("spark"))


def _said(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name.lower() in FUNCTIONS:
        node.set("this", FUNCTIONS[node.name.lower()])
    if isinstance(node, exp.Join) and node.kind in ("SEMI", "ANTI"):
        node.set("side", "LEFT")
    return node
