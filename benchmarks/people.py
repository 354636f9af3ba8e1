"""Invented rosters and registers with the truth beside them: districts 3299xx and 4199xx, which nobody lives in.

Families live in households of a county; registers list whole households of theirs, and strangers'. An error kind is a
row of ``errors.ERRORS``. Decoys: namesakes of the same day and county, twins, siblings' and strangers' numbers, dummies
on the roster too, re-issued numbers. The same seed makes the same people.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.errors import DUMMIES, ERRORS
from benchmarks.identities import COUNTIES, days, division, given_names, names_of, numbers_of, with_check

NUMBER_ERRORS = [place for place, kind in enumerate(ERRORS) if kind.field == "number"]
ROW_GROUP = 122_880
"""DuckDB's own, so that two cores find work in a file of a million rows, whoever reads it."""


@dataclass(frozen=True)
class Rates:
    """How often in 10,000 pupils or entries something goes wrong, usually and under stress."""

    stress: bool = False

    @property
    def errors(self) -> np.ndarray:
        return np.array([kind.stress if self.stress else kind.usual for kind in ERRORS]) / 10_000

    def of(self, usual: float, stress: float) -> float:
        return (stress if self.stress else usual) / 10_000


@dataclass(frozen=True)
class Files:
    """Three parquet files; the truth has one line a true pair: roster_row, register_row, via (self or guardian)."""

    roster: Path
    register: Path
    truth: Path


def make(folder: Path, pupils: int, entries: int, seed: int = 20260907, *, stress: bool = False) -> Files:
    """About a quarter of the entries are pupils of the roster, an eighth their guardians, the rest strangers."""
    rng = np.random.default_rng(seed)
    rates = Rates(stress)
    children = _children(rng, pupils)
    first_of = children["family"]
    families = int(first_of.max()) + 1
    grown = _people(rng, 2 * families, 1970, 1998, np.repeat(children["county_of"][:families], 2))
    _keep_apart(rng, grown["first"], children["first"])
    strangers = _people(rng, entries, 1935, 2020, rng.integers(0, COUNTIES, entries))
    _namesakes(rng, children, strangers, entries // 20)
    _keep_apart(rng, strangers["first"], np.concatenate([children["first"], grown["first"]]))

    files = Files(folder / "roster.parquet", folder / "register.parquet", folder / "truth.parquet")
    folder.mkdir(parents=True, exist_ok=True)
    alone = _write_roster(files.roster, rng, rates, children, grown)
    _write_register(files, rng, rates, children, grown, strangers, entries, alone)
    return files


def _people(
    rng: np.random.Generator, count: int, born_from: int, born_to: int, county: np.ndarray
) -> dict[str, np.ndarray]:
    first = numbers_of(rng, county, days(rng, count, born_from, born_to))
    return {"first": first, "name": names_of(rng, count), "county": county}


def _children(rng: np.random.Generator, pupils: int) -> dict[str, np.ndarray]:
    """In families of one to three of the same surname; one birth in a hundred is of twins."""
    starts = rng.random(pupils) < 0.7
    starts[0] = True
    family = np.cumsum(starts) - 1
    county_of = rng.integers(0, COUNTIES, int(family.max()) + 1)
    county = county_of[family]
    ymd = days(rng, pupils, 2004, 2020)
    twins = np.flatnonzero(~starts & (rng.random(pupils) < 0.03))
    ymd[twins] = ymd[twins - 1]
    first = numbers_of(rng, county, ymd)
    while len(again := _repeated(first)):
        first[again] = numbers_of(rng, county[again], ymd[again])
    names = names_of(rng, pupils)
    head = np.maximum.accumulate(np.where(starts, np.arange(pupils), 0))
    plain = np.char.find(names.astype(str), "·") < 0
    same = plain & plain[head] & ~starts
    names[same] = np.char.add(names[head[same]].astype("U1"), given_names(rng, int(same.sum()))).astype(object)
    return {"first": first, "name": names, "county": county, "family": family, "county_of": county_of}


def _keep_apart(rng: np.random.Generator, first: np.ndarray, taken: np.ndarray) -> None:
    """Give whoever has another's number a new one of the same place and day: two people share one by an error only."""
    while len(again := _repeated(np.concatenate([taken, first])) - len(taken)):
        first[again] = first[again] // 1000 * 1000 + rng.integers(1, 1000, len(again))


def _repeated(first: np.ndarray) -> np.ndarray:
    """Where a number stands that stood before; ``setdiff1d`` would take a third of the time of all the making."""
    again = np.ones(len(first), dtype=bool)
    again[np.unique(first, return_index=True)[1]] = False
    return np.flatnonzero(again)


def _namesakes(
    rng: np.random.Generator, children: dict[str, np.ndarray], strangers: dict[str, np.ndarray], count: int
) -> None:
    """Strangers who have a pupil's name, county and birth day, and another number."""
    count = min(count, len(children["first"]))
    who = rng.choice(len(children["first"]), count, replace=False)
    strangers["name"][:count] = children["name"][who]
    strangers["county"][:count] = children["county"][who]
    sequence = rng.integers(1, 1000, count)
    first = children["first"][who] // 1000 * 1000 + sequence
    clash = np.isin(first, children["first"])
    strangers["first"][:count] = np.where(clash, strangers["first"][:count], first)


def _write_roster(
    path: Path, rng: np.random.Generator, rates: Rates, children: dict[str, np.ndarray], grown: dict[str, np.ndarray]
) -> np.ndarray:
    """Which pupils name only the father is answered: the mother's entry is not true of them."""
    count = len(children["first"])
    numbers, names = with_check(children["first"]), children["name"].copy()
    chance = rng.random((6, count))
    siblings = np.flatnonzero((chance[0] < rates.of(2, 20)) & (children["family"] == np.roll(children["family"], 1)))
    siblings = siblings[siblings > 0]
    own = numbers.copy()
    numbers[siblings] = own[siblings - 1]
    lost = chance[1] < rates.of(15, 150)
    numbers[lost] = rng.choice(np.array([*DUMMIES, ""], dtype=object), int(lost.sum()))
    for place in np.flatnonzero(~lost & (chance[2] < rates.of(10, 100))):
        kind = ERRORS[int(rng.choice(NUMBER_ERRORS))]
        names[place], numbers[place] = kind.change(names[place], numbers[place], rng)
    former = np.full(count, "", dtype=object)
    renamed = chance[3] < rates.of(50, 500)
    former[renamed] = names[renamed]
    names[renamed] = np.char.add(former[renamed].astype("U1"), given_names(rng, int(renamed.sum()))).astype(object)
    born = (children["first"] // 1000 % 10**8).astype(str).astype(object)
    wrong = chance[4] < rates.of(2, 20)
    born[wrong] = "20100101"
    sex = np.where(children["first"] % 2 == 1, "1", "2").astype(object)
    family = children["family"]
    father, mother = 2 * family, 2 * family + 1
    grown_numbers = with_check(grown["first"])
    alone = rng.random(count) < 0.3
    bad = np.flatnonzero(chance[5] < rates.of(10, 100))
    guardian = grown_numbers[father].copy()
    for place in bad:
        kind = ERRORS[int(rng.choice(NUMBER_ERRORS))]
        guardian[place] = kind.change("王某", guardian[place], rng)[1]
    _write(
        path,
        row_id=np.arange(1, count + 1),
        name=names,
        former_name=former,
        sex=sex,
        birth_date=born,
        id_no=numbers,
        g1_name=grown["name"][father],
        g1_id=guardian,
        g2_name=np.where(alone, "", grown["name"][mother]),
        g2_id=np.where(alone, "", grown_numbers[mother]),
        hukou_div=division(children["county"]),
    )
    return alone


def _write_register(
    files: Files,
    rng: np.random.Generator,
    rates: Rates,
    children: dict[str, np.ndarray],
    grown: dict[str, np.ndarray],
    strangers: dict[str, np.ndarray],
    entries: int,
    alone: np.ndarray,
) -> None:
    pupils = len(children["first"])
    listed = rng.permutation(pupils)[: entries // 4]
    of_parents = np.unique(children["family"][listed])[: entries // 8]
    parents = 2 * of_parents + rng.integers(0, 2, len(of_parents))
    rest = np.arange(entries - len(listed) - len(parents))
    first = np.concatenate([children["first"][listed], grown["first"][parents], strangers["first"][rest]])
    names = np.concatenate([children["name"][listed], grown["name"][parents], strangers["name"][rest]])
    county = np.concatenate([children["county"][listed], grown["county"][parents], strangers["county"][rest]])
    home = np.concatenate([children["family"][listed], of_parents, 10**8 + rest // 2])
    numbers = with_check(first)
    numbers, reissued = _others_numbers(rng, rates, numbers, listed, children, grown)
    names, numbers, errors = _damage(rng, names, numbers, rates)
    errors[reissued] = "others_number"
    order = rng.permutation(len(first))
    row_of = np.empty(len(order), dtype=np.int64)
    row_of[order] = np.arange(1, len(order) + 1)
    with_home = rng.random(len(first)) < 0.8
    ended = rng.random(len(first)) < rates.of(3, 30)
    _write(
        files.register,
        row_id=np.arange(1, len(order) + 1),
        register=np.full(len(order), "民政", dtype=object),
        category=np.full(len(order), "低保", dtype=object),
        name=names[order],
        id_no=numbers[order],
        household_id=np.where(with_home, np.char.add("H", home.astype(str)), "")[order].astype(object),
        county=division(county)[order],
        valid_from=np.full(len(order), "2025-01-01", dtype=object),
        valid_to=np.where(ended, "2025-12-31", "")[order].astype(object),
    )
    _write_truth(files.truth, children, listed, of_parents, parents, row_of, errors, alone)


def _others_numbers(
    rng: np.random.Generator,
    rates: Rates,
    numbers: np.ndarray,
    listed: np.ndarray,
    children: dict[str, np.ndarray],
    grown: dict[str, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Pupils listed under the number of the father, a brother or a stranger, or under an old one of their own."""
    numbers = numbers.copy()
    chance = rng.random(len(listed))
    bounds = np.cumsum([rates.of(2, 20), rates.of(2, 20), rates.of(1, 10), rates.of(0.5, 5)])
    kind = np.searchsorted(bounds, chance, side="right")
    fathers, brothers, others, old = (np.flatnonzero(kind == place) for place in range(4))
    numbers[fathers] = with_check(grown["first"][2 * children["family"][listed[fathers]]])
    beside = np.maximum(listed[brothers] - 1, 0)
    related = children["family"][beside] == children["family"][listed[brothers]]
    numbers[brothers[related]] = with_check(children["first"][beside[related]])
    numbers[others] = with_check(children["first"][rng.integers(0, len(children["first"]), len(others))])
    fresh = children["first"][listed[old]] // 1000 * 1000 + rng.integers(1, 1000, len(old))
    numbers[old] = with_check(fresh)
    return numbers, np.concatenate([fathers, brothers[related], others, old])


def _write_truth(
    path: Path,
    children: dict[str, np.ndarray],
    listed: np.ndarray,
    of_parents: np.ndarray,
    parents: np.ndarray,
    row_of: np.ndarray,
    errors: np.ndarray,
    alone: np.ndarray,
) -> None:
    """A guardian's entry is true of every child of the family who names that guardian."""
    selves = np.arange(len(listed))
    order = np.argsort(children["family"], kind="stable")
    begin = np.searchsorted(children["family"][order], of_parents)
    end = np.searchsorted(children["family"][order], of_parents, side="right")
    count = end - begin
    kids = order[np.repeat(begin, count) + _steps(count)]
    which = np.repeat(np.arange(len(of_parents)), count)
    named = (parents[which] % 2 == 0) | ~alone[kids]
    at = len(listed) + which
    _write(
        path,
        roster_row=np.concatenate([listed + 1, kids[named] + 1]),
        register_row=np.concatenate([row_of[selves], row_of[at[named]]]),
        via=np.concatenate([np.full(len(listed), "self"), np.full(int(named.sum()), "guardian")]).astype(object),
        error=np.concatenate([errors[selves], errors[at[named]]]),
    )


def _steps(count: np.ndarray) -> np.ndarray:
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _damage(
    rng: np.random.Generator, names: np.ndarray, numbers: np.ndarray, rates: Rates
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A name and a number may both be damaged, each at most once; ``error`` names the one, or both with a plus."""
    names, numbers, errors = names.copy(), numbers.copy(), np.full(len(names), "", dtype=object)
    for field in ("number", "name"):
        kinds = [place for place, kind in enumerate(ERRORS) if kind.field == field]
        bounds = np.cumsum(rates.errors[kinds])
        drawn = np.searchsorted(bounds, rng.random(len(names)), side="right")
        for place in np.flatnonzero(drawn < len(kinds)):
            kind = ERRORS[kinds[drawn[place]]]
            before = names[place], numbers[place]
            names[place], numbers[place] = kind.change(*before, rng)
            if before != (names[place], numbers[place]):
                errors[place] = f"{errors[place]}+{kind.code}" if errors[place] else kind.code
    return names, numbers, errors


def _write(path: Path, **columns: np.ndarray) -> None:
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    pq.write_table(table, path, row_group_size=ROW_GROUP)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), stress="stress" in sys.argv[4:])
