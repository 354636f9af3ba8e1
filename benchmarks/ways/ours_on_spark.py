"""The engine's queries on Spark in local mode, as a cluster would run them."""

import sys
import tempfile
from datetime import date
from functools import partial
from pathlib import Path

from pyspark.sql import SparkSession

from portal.matching.files import match_files
from portal.matching.spark_tables import SparkTables

SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "6g",
    "spark.log.level": "ERROR",
    "spark.sql.ansi.enabled": "false",  # TRY_CAST and COALESCE judge what a cell is; an odd one ends no run
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
}

roster, register, out = map(Path, sys.argv[1:])
builder = SparkSession.builder.master("local[*]").appName("matching")
for name, value in SETTINGS.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
with tempfile.TemporaryDirectory() as folder:
    tables = partial(SparkTables, spark, Path(folder))
    match_files(roster, register, out, day=date(2026, 9, 1), progress=lambda _: None, tables=tables)
spark.stop()
