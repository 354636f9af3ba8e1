"""The joins of file-to-file matching on Spark, past one machine: the same queries, said in its dialect.

Nothing of the rules stands here. A table that is kept lies as parquet in a working folder, so that it is worked out
once and no plan grows over the whole run. Needs the packages of the group ``spark`` and a Java.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from portal.matching.source import READ, MatchFilesError, Source
from portal.matching.spark_dialect import in_spark
from portal.matching.tables import Kind, Row

_TYPES: dict[Kind, pa.DataType] = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
}


class SparkTables:
    """``folder`` is one that every worker of the cluster reaches, and empty; whoever made the session ends it."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self._spark, self._folder, self._serial = spark, folder, count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing is held; the tables lie in the folder, which is its owner's to empty."""

    def keep(self, name: str, query: str) -> None:
        self._store(name, self._ask(query))

    def view(self, name: str, query: str) -> None:
        self._ask(query).createOrReplaceTempView(name)

    def make(self, name: str, columns: Mapping[str, Kind], rows: Sequence[Row]) -> None:
        values = list(zip(*rows, strict=True)) or [()] * len(columns)
        arrays = {c: pa.array(v, _TYPES[columns[c]]) for c, v in zip(columns, values, strict=True)}
        self._store(name, self._spark.createDataFrame(pa.table(arrays)))

    def rows(self, query: str) -> list[Row]:
        answer = self._ask(query).toArrow()
        return list(zip(*(column.to_pylist() for column in answer.columns), strict=True))

    def drop(self, *names: str) -> None:
        for name in names:
            self._spark.catalog.dropTempView(name)

    def headings(self, path: Path) -> list[str]:
        """By DuckDB, whose errors the steps know; the file's last bytes are all it reads."""
        with duckdb.connect() as con:
            names: list[str] = con.read_parquet(str(path)).columns
        return names

    def take_in(self, side: str, source: Source) -> None:
        """Make a parquet file a view of text columns with ``line``."""
        if not isinstance(source.table, Path):
            raise MatchFilesError(f"{source.path.name} 不是 parquet 文件，多台机器一起比对只读 parquet，请先转换。")
        file = self._spark.read.parquet(str(source.table))
        file.selectExpr("*", "_metadata.row_index AS _line").createOrReplaceTempView(f"{side}_file")
        columns = ["CAST(_line AS INT) AS line", *(_column(source, column) for column in READ)]
        self._spark.sql(f"SELECT {', '.join(columns)} FROM {side}_file").createOrReplaceTempView(side)  # noqa: S608 — headings are quoted

    def write(self, query: str, path: Path, form: str) -> None:
        """The answer of a query as a folder of csv or parquet parts, one a task."""
        parts = self._ask(query).write.mode("overwrite")
        if form == ".parquet":
            parts.parquet(str(path))
        else:
            parts.option("header", True).csv(str(path))

    def _ask(self, query: str) -> DataFrame:
        return self._spark.sql(in_spark(query))

    def _store(self, name: str, frame: DataFrame) -> None:
        path = str(self._folder / f"{next(self._serial):03}-{name}")
        frame.write.parquet(path)
        self._spark.read.schema(frame.schema).parquet(path).createOrReplaceTempView(name)


def _column(source: Source, column: str) -> str:
    own = "`" + source.columns[column].replace("`", "``") + "`" if column in source.columns else "NULL"
    return f"CAST({own} AS STRING) AS {column}"
