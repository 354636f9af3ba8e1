"""The limit: nothing but DuckDB's hash join on the number, blanks and dummies left out."""

import sys

import duckdb

roster, register, out = sys.argv[1:]
duckdb.sql(
    f"COPY (SELECT r.row_id AS roster_row, g.row_id AS register_row, 'certain' AS decision "
    f"FROM '{roster}' r JOIN '{register}' g USING (id_no) "
    f"WHERE strlen(id_no) = 18 AND id_no > '2') TO '{out}' (FORMAT parquet)"
)
