"""升学前先知道: what a child on a list has in the stages after this one, in yuan, before the family chooses (G17)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.known import Enrolled
from portal.coverage.ledger import entitlements, without_lists
from portal.coverage.matched import matched_pupils
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import term_amount
from portal.policies.policy import Amount, Waiver
from portal.vocabulary import Stage

AFTER = {
    # a stage: what a child may go on to
    Stage.PRESCHOOL: (Stage.PRIMARY,),
    Stage.PRIMARY: (Stage.JUNIOR,),
    Stage.JUNIOR: (Stage.SENIOR, Stage.VOCATIONAL),
    Stage.SENIOR: (Stage.COLLEGE,),
    Stage.VOCATIONAL: (Stage.COLLEGE,),
    Stage.COLLEGE: (Stage.MASTER,),
    Stage.MASTER: (Stage.DOCTOR,),
}
LAST_YEAR = {Stage.JUNIOR: 3, Stage.SENIOR: 3, Stage.VOCATIONAL: 3}
"""The grade in which a family chooses where the child goes on."""


@dataclass(frozen=True)
class Later:
    """One stage to come with the family's name of each aid and its amount, as its rules stand now."""

    stage: Stage
    aids: tuple[tuple[str, Amount | None], ...]


def later_of(session: Session, record: Enrolled, term: SchoolTerm, catalogue: Catalogue) -> tuple[Later, ...]:
    """Only in the year of the choice; nothing for a child whom no list names. What is not sure is not promised."""
    stage = record.stage
    if stage is None or record.grade_number != LAST_YEAR.get(stage, 0):
        return ()
    found = next(matched_pupils(session, record.term, lambda table: table.pupil_id == record.pupil_id), None)
    return tuple(_stages(found.circumstances, AFTER[stage], term, catalogue)) if found else ()


def in_stage(known: Circumstances, stage: Stage) -> Circumstances:
    """The same child in the first year there, full-time; which school and where it will live nobody knows yet."""
    return replace(
        known, stage=stage, grade=1, first_year=True, full_time=True, boarding=None, ownership=None, provincial=None
    )


def _stages(known: Circumstances, ahead: tuple[Stage, ...], term: SchoolTerm, catalogue: Catalogue) -> Iterator[Later]:
    """With what everybody there is spared, for a family that chooses counts that too."""
    day = term.first_day
    for stage in ahead:
        there = in_stage(known, stage)
        spared = (finding for finding in without_lists(catalogue, there, day) if isinstance(finding.amount, Waiver))
        promised = [
            (catalogue[finding.policy].family_name, finding.amount)
            for finding in (*spared, *entitlements(catalogue, there, day))
            if isinstance(finding.amount, Waiver) or term_amount(finding) is not None
        ]
        if promised:
            yield Later(stage, tuple(promised))
