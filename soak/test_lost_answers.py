"""One answer in five is lost on the way back, again and again: nobody is written to twice."""

import pytest
from sqlalchemy.orm import Session

from tests.outreach.test_lost_answers import lose_answers


@pytest.mark.parametrize("seed", range(10))
def test_of_400_messages_none_is_sent_twice(session: Session, seed: int) -> None:
    lose_answers(session, 400, seed)
