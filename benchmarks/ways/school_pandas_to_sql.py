"""What a county's own programmer would write: pandas, to_sql in clear, a join on the number."""

import sys
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine

step, folder, owner, _ = sys.argv[1:]
engine = create_engine(owner)


def take_in(name: str) -> None:
    rows = pd.read_csv(Path(folder) / f"{name}.csv", dtype=str).fillna("")
    rows["number"] = rows["身份证件号"].str.replace(" ", "").str.upper()
    rows.to_sql(name, engine, index=False)


match step:
    case "register" | "roster":
        take_in(step)
    case "match":
        pairs = pd.read_sql(
            'SELECT a."序号", a."姓名", b."困难类别" FROM roster a JOIN register b USING (number) '
            'WHERE a."姓名" = b."姓名"',
            engine,
        )
        pairs.to_sql("pairs", engine, index=False)
    case "list":
        pd.read_sql("SELECT * FROM pairs", engine).to_csv(Path(folder) / "pandas_to_sql.csv", index=False)
