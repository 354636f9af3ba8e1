"""A certain match and the rows it opens."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.coverage.ledger import Opened, open_rows
from portal.models import Entitlement, MatchPair, MatchRun, Pupil, RegisterEntry, Unit
from portal.policies.catalogue import load_catalogue
from portal.vocabulary import Basis, Decision
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, an_entry

CATALOGUE = load_catalogue()


def a_run(session: Session, unit: Unit | None = None, now: datetime = A_MONDAY) -> MatchRun:
    run = MatchRun(unit_id=(unit or a_county(session)).id, term=TERM, began_at=now, finished_at=now, counts={})
    session.add(run)
    session.flush()
    return run


def a_match(
    session: Session,
    pupil: Pupil,
    entry: RegisterEntry | None = None,
    decision: Decision = Decision.CERTAIN,
    basis: Basis = Basis.SELF,
) -> MatchPair:
    entry = entry or an_entry(session, pupil.name or "", pupil.id_number)
    pair = MatchPair(
        run_id=a_run(session).id,
        term=TERM,
        pupil_id=pupil.id,
        school_id=pupil.school_id,
        register_entry_id=entry.id,
        intake_id=entry.intake_id,
        decision=decision,
        basis=basis,
        rule="number_name",
        because="证件号一致，姓名一致",
        register=f"{entry.intake.unit.name} {entry.intake.occasion}",
        found_on=A_MONDAY.date(),
        category=entry.category,
    )
    session.add(pair)
    session.flush()
    return pair


def opened(session: Session, now: datetime = A_MONDAY) -> Opened:
    return open_rows(session, a_run(session), CATALOGUE, now)


def a_row(session: Session) -> Entitlement:
    """Of 王小雨, four months into 低保, fourth year: 500 yuan of CMP-LIVE in autumn 2026."""
    a_match(session, a_pupil(session))
    opened(session)
    return session.scalars(select(Entitlement)).one()


def states(session: Session, row: Entitlement) -> list[str]:
    """The states a row went through."""
    session.flush()
    session.refresh(row)
    return [change.state.value for change in row.changes]
