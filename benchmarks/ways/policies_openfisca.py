"""OpenFisca-Core: the same six rules as formulas over arrays of all pupils, yuan a term on the day."""

import sys

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.policies import POLICIES

MONTH = "2026-09"
LISTED = ("TP", "DIBAO", "TEKUN", "ORPHAN", "DIS", "EDGE", "RIGID")
HALF_MORE = ("DIBAO", "ORPHAN")
Pupil = build_entity("pupil", "pupils", "", is_person=True)
system = TaxBenefitSystem([Pupil])


def variable(name, kind, formula=None):
    body = {"value_type": kind, "entity": Pupil, "definition_period": DateUnit.MONTH, "label": name}
    system.add_variable(type(name, (Variable,), body | ({"formula": formula} if formula else {})))


INPUTS = {
    # the facts that the rules ask about, as SQL over the file
    "stage": (
        int,
        "list_position(['preschool','primary','junior','senior','vocational','college','master','doctor'], stage)",
    ),
    "grade": (int, "grade"),
    "boarding": (bool, "boarding"),
    "listed": (bool, f"list_has_any(categories, {list(LISTED)})"),
    "dibao": (bool, "list_contains(categories, 'DIBAO')"),
    "half_more": (bool, f"list_has_any(categories, {list(HALF_MORE)})"),
    "determined": (bool, "determination <> 'none'"),
    "agriculture": (bool, "agriculture_major"),
    "full_time": (bool, "full_time"),
    "nanjing": (bool, "starts_with(county, '3201')"),
}
PRIMARY, JUNIOR, SENIOR, VOCATIONAL, COLLEGE, MASTER, DOCTOR = range(2, 9)
for name, (kind, _) in INPUTS.items():
    variable(name, kind)


def in_need(pupil, period):
    return pupil("listed", period) + pupil("determined", period)


def living_rate(pupil, period, primary, junior):
    stage, dibao, nanjing = pupil("stage", period), pupil("dibao", period), pupil("nanjing", period)
    rate = np.where(dibao, np.where(stage == PRIMARY, 750, 1000), np.where(stage == PRIMARY, primary, junior))
    city = np.where(stage == PRIMARY, 750, 1000) * np.where(pupil("half_more", period), 1.5, 1)
    return rate, np.where(nanjing, np.maximum(city, rate), rate)


def compulsory(pupil, period):
    stage = pupil("stage", period)
    return (stage == PRIMARY) + (stage == JUNIOR)


def living(pupil, period):
    """The boarders' grant stands in its place unless the local rate of this one is the higher."""
    _, day = living_rate(pupil, period, 500, 625)
    boarder, _ = living_rate(pupil, period, 625, 750)
    due = compulsory(pupil, period) * in_need(pupil, period)
    return np.where(due * (np.logical_not(pupil("boarding", period)) + (day > boarder)), day, 0)


def living_boarding(pupil, period):
    _, day = living_rate(pupil, period, 500, 625)
    boarder, _ = living_rate(pupil, period, 625, 750)
    due = compulsory(pupil, period) * in_need(pupil, period) * pupil("boarding", period)
    return np.where(due * (day <= boarder), boarder, 0)


def grant(pupil, period):
    city = np.where(pupil("half_more", period), 1500, 1000)
    return np.where(pupil("nanjing", period), np.maximum(city, 1150), 1150)


def senior(pupil, period):
    return np.where((pupil("stage", period) == SENIOR) * in_need(pupil, period), grant(pupil, period), 0)


def vocational(pupil, period):
    fits = (pupil("grade", period) <= 2) + pupil("full_time", period)
    due = (pupil("stage", period) == VOCATIONAL) * fits * (in_need(pupil, period) + pupil("agriculture", period))
    return np.where(due, grant(pupil, period), 0)


def college(pupil, period):
    return np.where((pupil("stage", period) == COLLEGE) * in_need(pupil, period), 1850, 0)


def graduate(pupil, period):
    stage = pupil("stage", period)
    return pupil("full_time", period) * np.select([stage == MASTER, stage == DOCTOR], [3000, 6750], 0)


RULES = dict(zip(POLICIES, (living, living_boarding, senior, vocational, college, graduate), strict=True))
for code, rule in RULES.items():
    variable(code.lower().replace("-", "_"), float, rule)

source, out = sys.argv[1:]
with duckdb.connect() as con:
    con.execute("SET enable_progress_bar = false")
    told = ", ".join(f"{sql} AS {name}" for name, (_, sql) in INPUTS.items())
    columns = con.execute(f"SELECT id, {told} FROM '{source}'").fetchnumpy()
simulation = SimulationBuilder().build_default_simulation(system, len(columns["id"]))
for name in INPUTS:
    simulation.set_input(name, MONTH, np.asarray(columns[name]))
answers = {code: simulation.calculate(code.lower().replace("-", "_"), MONTH).astype(float) for code in POLICIES}
pq.write_table(pa.table({"id": columns["id"], **answers}), out)
