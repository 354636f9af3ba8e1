"""Spark can say what the engine asks; that it answers the same, ``make bench ARGS=matching_spark`` shows."""

import sqlglot
from sqlglot import exp

from portal.matching.duckdb_tables import DuckDBTables
from portal.matching.files import match_files
from portal.matching.spark_dialect import FUNCTIONS, in_spark
from tests.matching.files import LISTED, a_csv
from tests.matching.people import MOTHER, MOTHER_NUMBER, TERM_START, XIAOYU


class Overheard(DuckDBTables):
    """Tables that write down every query."""

    def __init__(self):
        super().__init__()
        self.queries = []

    def keep(self, name, query):
        self.queries.append(query)
        super().keep(name, query)

    def view(self, name, query):
        if name not in ("roster", "register"):  # how files are read is each engine's own
            self.queries.append(query)
        super().view(name, query)

    def rows(self, query):
        self.queries.append(query)
        return super().rows(query)


def test_every_query_can_be_said_to_spark(tmp_path):
    tables = Overheard()
    headings = ["姓名", "身份证件号", "监护人1姓名", "监护人1身份证件号"]
    roster = a_csv(tmp_path / "roster.csv", [headings, [XIAOYU, "", MOTHER, MOTHER_NUMBER]])
    register = a_csv(tmp_path / "register.csv", LISTED)
    match_files(roster, register, tmp_path / "out.csv", day=TERM_START, progress=lambda _: None, tables=lambda: tables)
    said = [sqlglot.parse_one(in_spark(query), read="spark") for query in tables.queries]
    strange = {call.name.lower() for query in said for call in query.find_all(exp.Anonymous)} - set(FUNCTIONS.values())
    assert len(said) > 50 and not strange


def test_what_only_duckdb_says_is_said_otherwise():
    asked = "SELECT strlen(name) // 2 AS half FROM roster SEMI JOIN wanted USING (line)"
    assert in_spark(asked) == "SELECT OCTET_LENGTH(name) DIV 2 AS half FROM roster LEFT SEMI JOIN wanted USING (line)"
