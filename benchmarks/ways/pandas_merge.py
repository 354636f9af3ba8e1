"""What a clerk does today: every equal number is a hit, blanks and dummies too."""

import sys

import pandas as pd

roster, register, out = sys.argv[1:]
left = pd.read_parquet(roster, columns=["row_id", "id_no"]).rename(columns={"row_id": "roster_row"})
right = pd.read_parquet(register, columns=["row_id", "id_no"]).rename(columns={"row_id": "register_row"})
hits = left.merge(right, on="id_no")[["roster_row", "register_row"]]
hits.assign(decision="certain").to_parquet(out)
