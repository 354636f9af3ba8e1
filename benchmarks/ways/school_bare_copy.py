"""The limit: PostgreSQL's own COPY of the same files in clear, an index, a join, a COPY out."""

import sys
from pathlib import Path

import psycopg

from portal.database import libpq

step, folder, owner, _ = sys.argv[1:]
COLUMNS = {
    "register": "row_id text, category text, name text, number text, household text",
    "roster": "row_id text, name text, number text, grade text, class text, relation text, g_name text, g_number text",
}
with psycopg.connect(libpq(owner)) as database, database.cursor() as cursor:
    if step in COLUMNS:
        cursor.execute(f"CREATE TABLE {step} ({COLUMNS[step]})")
        with cursor.copy(f"COPY {step} FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write((Path(folder) / f"{step}.csv").read_bytes())
        cursor.execute(f"CREATE INDEX ON {step} (number)")
    elif step == "match":
        cursor.execute(
            "CREATE TABLE pairs AS SELECT a.row_id, a.name, b.category FROM roster a JOIN register b "
            "USING (number) WHERE a.name = b.name"
        )
    elif step == "list":
        with cursor.copy("COPY pairs TO STDOUT (FORMAT csv, HEADER)") as copy:
            (Path(folder) / "bare_copy.csv").write_bytes(b"".join(bytes(part) for part in copy))
