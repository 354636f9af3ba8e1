"""A county as large as real ones, by its figures; and what its families did since the ledger was opened."""

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from portal.database import EVERYTHING, db, set_reach
from portal.demo import make_demo
from portal.demo.people import KNOWN, NEIGHBOUR
from portal.demo.sizes import SIZES, Kind, School, Size
from portal.models import Award, Entitlement, EntitlementChange, Message, Unit
from portal.policies.catalogue import load_catalogue
from portal.vocabulary import EntitlementState, MessageState
from tests.builders import A_MONDAY

VILLAGE = Size(
    "", (School("3299010100", "清溪镇中心小学", Kind("", "primary", ("一年级", "二年级"), 6, 60, 2)),), 24, leave=False
)


def test_the_county_has_forty_schools_and_sixty_thousand_pupils() -> None:
    county = SIZES["county"]
    schools = {line.partition(",")[0] for line in county.units.splitlines() if ",school,329901," in line}
    of_county = [year for year in county.years if year.school.startswith("329901")]
    known = sum(child.school.startswith("329901") for child in KNOWN)
    assert len(schools) == 40
    assert sum(year.children for year in of_county) + known == 60_000
    assert NEIGHBOUR not in {year.school for year in of_county}


def test_a_larger_demonstration_has_a_past_and_leaves_its_messages_to_the_dispatcher(
    app: Flask, session: Session
) -> None:
    made = make_demo(sessionmaker(db.engine, info={"reach": EVERYTHING}), load_catalogue(), A_MONDAY, size=VILLAGE)
    set_reach(session, EVERYTHING)
    at_village = select(Entitlement.state).join(Unit, Unit.id == Entitlement.school_id).where(Unit.code == "3299010100")
    assert made is not None
    assert {EntitlementState.MATCHED, EntitlementState.RECEIVED} <= set(session.scalars(at_village))
    assert (session.scalar(select(func.count()).select_from(Award)) or 0) > 4
    opened = session.scalar(select(func.min(EntitlementChange.at)))
    assert opened is not None
    assert opened.date().isoformat() == "2026-09-01"
    assert MessageState.DELIVERED not in set(session.scalars(select(Message.state)))
