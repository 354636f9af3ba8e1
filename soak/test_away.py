"""A gateway that is away for six hours, by a moved clock, with a long queue."""

from sqlalchemy.orm import Session

from tests.outreach.fake_gateway import away_for_six_hours


def test_a_long_queue_drains_at_the_rate_and_at_night_nothing_leaves(session: Session) -> None:
    away_for_six_hours(session, 2_000, 40)
