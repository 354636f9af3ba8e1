from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum import luhn

from portal.database import db, reach_pupils, set_reach
from portal.enrolment import confirmation, corrections
from portal.enrolment.confirmation import confirm, spaced, standing_confirmation
from portal.models import AuditEntry, Confirmation, Correction, Pupil
from tests.builders import A_MONDAY, TERM, a_pupil

LATER = A_MONDAY + timedelta(days=1)


def abouts(session: Session, pupil: Pupil) -> list[str]:
    return [correction.about for correction in corrections.unsettled(session, pupil.id, TERM)]


def test_a_confirmation_has_a_receipt_with_a_check_digit(session: Session) -> None:
    said = confirm(session, a_pupil(session), TERM, True, True, "family", A_MONDAY)
    assert luhn.is_valid(said.receipt)
    assert (len(said.receipt), said.in_school, said.wants_aid, said.by) == (9, True, True, "family")
    assert spaced("381942770") == "381 942 770"


def test_tapped_again_it_is_the_same_receipt_and_one_audit_entry(session: Session) -> None:
    pupil = a_pupil(session)
    first = confirm(session, pupil, TERM, True, True, "family", A_MONDAY)
    again = confirm(session, pupil, TERM, True, True, "staff:sch1", LATER)
    assert (again.id, again.receipt, again.said_at) == (first.id, first.receipt, A_MONDAY)
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_no_is_kept_as_a_correction_once(session: Session) -> None:
    pupil = a_pupil(session)
    confirm(session, pupil, TERM, True, False, "family", A_MONDAY)
    confirm(session, pupil, TERM, True, False, "family", LATER)
    assert abouts(session, pupil) == ["no_aid_wanted"]


def test_a_no_after_a_yes_is_a_correction_and_the_first_answer_stands(session: Session) -> None:
    pupil = a_pupil(session)
    confirm(session, pupil, TERM, True, True, "family", A_MONDAY)
    said = confirm(session, pupil, TERM, False, True, "family", LATER)
    assert (said.in_school, abouts(session, pupil)) == (True, ["not_in_school"])


def test_a_yes_takes_a_no_back_at_any_time(session: Session) -> None:
    pupil = a_pupil(session)
    confirm(session, pupil, TERM, True, False, "family", A_MONDAY)
    confirm(session, pupil, TERM, True, True, "family", LATER)
    assert abouts(session, pupil) == []
    assert session.scalars(select(Correction)).one().settled_at == LATER


def test_a_taken_receipt_number_is_tried_again(session: Session, monkeypatch) -> None:
    numbers = iter(["123456782", "123456782", "876543216"])
    monkeypatch.setattr(confirmation, "_new_receipt", lambda: next(numbers))
    confirm(session, a_pupil(session), TERM, True, True, "family", A_MONDAY)
    other = confirm(session, a_pupil(session, name="陈明", id_number=None), TERM, True, True, "family", A_MONDAY)
    assert other.receipt == "876543216"


def test_eight_phones_at_once_get_one_confirmation(app: Flask, session: Session) -> None:
    pupil = a_pupil(session)
    session.commit()
    pupil_id, start = pupil.id, Barrier(8)

    def tap(_: int) -> str:
        with app.app_context():
            own = db.session()
            set_reach(own, reach_pupils([pupil_id]))
            child = own.get_one(Pupil, pupil_id)
            start.wait(10)
            receipt = confirm(own, child, TERM, True, True, "family", A_MONDAY).receipt
            own.commit()
            return receipt

    with ThreadPoolExecutor(8) as phones:
        receipts = set(phones.map(tap, range(8)))
    assert len(receipts) == 1
    assert session.scalar(select(func.count()).select_from(Confirmation)) == 1


def test_a_family_reaches_no_other_childs_confirmation(session: Session) -> None:
    pupil = a_pupil(session)
    confirm(session, pupil, TERM, True, True, "family", A_MONDAY)
    session.flush()
    set_reach(session, reach_pupils([UUID(int=1)]))
    assert standing_confirmation(session, pupil.id, TERM) is None
