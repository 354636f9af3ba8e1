"""Splink 5 on DuckDB as one would set it up: tidied text, exact and near comparisons, a model trained on the files."""

import logging
import sys

import duckdb
import splink.internals.comparison_level_library as cll
import splink.internals.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

CERTAIN, POSSIBLE = 0.999, 0.5

roster, register, out = sys.argv[1:]
logging.disable(logging.WARNING)
con = duckdb.connect()
con.execute("SET enable_progress_bar = false")
# What a careful analyst tidies first; Splink compares what it is given.
TIDY = "upper(regexp_replace(translate(id_no, '０１２３４５６７８９Ｘ', '0123456789X'), '[^0-9A-Za-z]', '', 'g'))"
con.execute(
    f"""
    CREATE MACRO tidied(id_no) AS substr({TIDY}, 1, 18);
    CREATE TABLE l AS SELECT row_id AS unique_id, regexp_replace(name, '[\\s·•.・‧⋅∙．]', '', 'g') AS name,
        CASE WHEN length(tidied(id_no)) BETWEEN 15 AND 18 AND tidied(id_no) NOT LIKE '0000%'
             AND tidied(id_no) NOT LIKE '1111%' AND tidied(id_no) NOT LIKE '1234%' THEN tidied(id_no) END AS number,
        hukou_div AS county FROM '{roster}';
    CREATE TABLE r AS SELECT row_id AS unique_id, regexp_replace(name, '[\\s·•.・‧⋅∙．]', '', 'g') AS name,
        CASE WHEN length(tidied(id_no)) BETWEEN 15 AND 18 AND tidied(id_no) NOT LIKE '0000%'
             AND tidied(id_no) NOT LIKE '1111%' AND tidied(id_no) NOT LIKE '1234%' THEN tidied(id_no) END AS number,
        county FROM '{register}';
    """
)
for side in "lr":
    con.execute(
        f"ALTER TABLE {side} ADD COLUMN born VARCHAR; UPDATE {side} SET born = substr(number, 7, 8);"
        f"ALTER TABLE {side} ADD COLUMN head VARCHAR; UPDATE {side} SET head = substr(number, 1, 14);"
        f"ALTER TABLE {side} ADD COLUMN tail VARCHAR; UPDATE {side} SET tail = substr(number, 9)"
    )
# Numbers are given once: a million random pairs have none in common, and Splink would take that for one in a million,
# too much to outweigh a misspelt name.
by_chance = {"fix_u_probability": True}
NUMBER = cl.CustomComparison(
    output_column_name="number",
    comparison_levels=[
        cll.NullLevel("number"),
        cll.ExactMatchLevel("number").configure(u_probability=1e-9, **by_chance),
        cll.DamerauLevenshteinLevel("number", 1).configure(u_probability=1e-8, **by_chance),
        cll.DamerauLevenshteinLevel("number", 2).configure(u_probability=1e-7, **by_chance),
        cll.ElseLevel(),
    ],
)
settings = SettingsCreator(
    link_type="link_only",
    comparisons=[
        NUMBER,
        cl.LevenshteinAtThresholds("name", [1]).configure(term_frequency_adjustments=True),
        cl.ExactMatch("county"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("number"),
        block_on("name", "born"),
        block_on("name", "head"),
        block_on("name", "tail"),
        block_on("name", "county"),
    ],
    retain_matching_columns=False,
)
api = DuckDBAPI(con)
linker = Linker([api.register("l"), api.register("r")], settings)
linker.training.estimate_probability_two_random_records_match([block_on("number", "name")], recall=0.8)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("number"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("name", "born"))
found = linker.inference.predict(threshold_match_probability=POSSIBLE)
con.execute(
    f"""
    COPY (SELECT unique_id_l AS roster_row, unique_id_r AS register_row,
                 CASE WHEN match_probability >= {CERTAIN} THEN 'certain' ELSE 'possible' END AS decision
          FROM {found.physical_name}) TO '{out}' (FORMAT parquet)
    """
)
