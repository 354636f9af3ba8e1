"""Unknown is not no: what is found from part of the facts stands whatever the rest turn out to be."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.policies.catalogue import load_catalogue
from portal.policies.circumstances import UNDETERMINED, Circumstances
from portal.policies.evaluation import Finding, evaluate
from portal.policies.policy import Money
from portal.vocabulary import Determination, SchoolOwnership, Stage, Verdict

CATALOGUE = load_catalogue()
STANDS_FOR = {(other, policy.code) for policy in CATALOGUE.policies for other in policy.instead_of}
FACTS = [name for name in Circumstances.__dataclass_fields__ if name != "county"]
yes_no = st.booleans()
pupils = st.builds(
    Circumstances,
    stage=st.sampled_from(Stage),
    grade=st.integers(1, 4),
    boarding=yes_no,
    ownership=st.sampled_from(SchoolOwnership),
    inclusive=yes_no,
    provincial=yes_no,
    full_time=yes_no,
    categories=st.frozensets(st.sampled_from(sorted(CATALOGUE.categories)), max_size=3),
    determination=st.sampled_from([UNDETERMINED, *Determination]),
    hukou=st.sampled_from(["329901", "419901"]),
    county=st.sampled_from([None, "329901", "329902"]),
    disabled=yes_no,
    agriculture_major=yes_no,
    first_year=yes_no,
    veteran=yes_no,
).map(lambda pupil: replace(pupil, disabled=pupil.disabled or "DIS" in pupil.categories))  # facts do not contradict
days = st.sampled_from(
    [date(2009, 5, 1), date(2018, 3, 1), date(2023, 10, 8), date(2024, 2, 1), date(2025, 2, 1), date(2026, 9, 7)]
)
hidden_facts = st.sets(st.sampled_from(FACTS))


def found(pupil: Circumstances, day: date) -> dict[str, Finding]:
    return {finding.policy: finding for finding in evaluate(CATALOGUE, pupil, day)}


def gave_way(code: str, after: dict[str, Finding]) -> bool:
    """The one way to lose a yes: another policy is paid in its place, and the reason says which."""
    return any(
        other == code and after[winner].verdict is Verdict.ENTITLED and CATALOGUE[winner].name in after[code].because[0]
        for other, winner in STANDS_FOR | {(winner, other) for other, winner in STANDS_FOR}
    )


@settings(deadline=None)
@given(pupil=pupils, day=days, hidden=hidden_facts)
def test_more_facts_never_overturn_a_verdict(pupil: Circumstances, day: date, hidden: set[str]) -> None:
    part = found(replace(pupil, **dict.fromkeys(hidden)), day)
    whole = found(pupil, day)
    for code, finding in part.items():
        settled = finding.verdict in (Verdict.UNKNOWN, whole[code].verdict)
        assert settled or gave_way(code, whole), (finding, whole[code])


@settings(deadline=None)
@given(pupil=pupils, day=days, hidden=hidden_facts)
def test_a_figure_given_on_part_of_the_facts_stays(pupil: Circumstances, day: date, hidden: set[str]) -> None:
    whole = found(pupil, day)
    for code, finding in found(replace(pupil, **dict.fromkeys(hidden)), day).items():
        if isinstance(finding.amount, Money) and finding.amount.typical and whole[code].amount is not None:
            assert whole[code].amount == finding.amount


@settings(deadline=None)
@given(pupil=pupils, day=days)
def test_with_every_fact_known_nothing_is_missing_and_every_verdict_has_a_reason(
    pupil: Circumstances, day: date
) -> None:
    for finding in found(pupil, day).values():
        assert finding.missing == finding.ask == ()
        assert finding.because and finding.family_because


@settings(deadline=None)
@given(pupil=pupils, day=days, hidden=hidden_facts)
def test_what_is_asked_for_is_what_is_unknown(pupil: Circumstances, day: date, hidden: set[str]) -> None:
    known = set(FACTS) - hidden
    for finding in found(replace(pupil, **dict.fromkeys(hidden)), day).values():
        assert {name.removeprefix("school.") for name in finding.missing}.isdisjoint(known)
        assert len(finding.missing) == len(finding.ask)


@settings(deadline=None)
@given(pupil=pupils, day=days)
def test_nobody_is_given_both_subsidies_in_one_term(pupil: Circumstances, day: date) -> None:
    findings = found(pupil, day)
    for other, winner in STANDS_FOR & {(a, b) for a in findings for b in findings}:
        assert {findings[other].verdict, findings[winner].verdict} != {Verdict.ENTITLED}
