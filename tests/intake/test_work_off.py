from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.intake import progress as beating
from portal.intake.findings import findings_of
from portal.intake.keep_register import keep_register
from portal.intake.receive import receive
from portal.intake.work_off import KEEPERS, resume_left_behind, work_off
from portal.models import AuditEntry, Intake, RegisterEntry
from portal.vocabulary import IntakeKind, IntakeState
from tests.builders import A_MONDAY, a_bureau
from tests.intake.arrivals import arrive, register, sessions_of
from tests.intake.files import XIAOYU, ZHOU_XIAO, xlsx

REGISTER = IntakeKind.REGISTER
ROW = {"困难类别": "低保", "姓名": "王小雨", "身份证件号": XIAOYU}


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RegisterEntry)) or 0


def waiting(session: Session, data: bytes) -> Intake:
    intake = receive(session, REGISTER, a_bureau(session), "2026-08", "a.csv", data, "", "command", A_MONDAY)
    session.commit()
    return intake


class Broken(Exception):
    """What goes wrong after every row is in."""


def keeps_and_breaks(*args: object) -> None:
    keep_register(*args)  # type: ignore[arg-type]
    raise Broken


def test_a_kept_file_leaves_its_findings_and_not_its_content(session: Session) -> None:
    lower_x = {**ROW, "姓名": "周晓", "身份证件号": ZHOU_XIAO.lower()}
    wrong = {**ROW, "身份证件号": "329901201603050014"}

    intake = arrive(session, REGISTER, a_bureau(session), register(ROW, lower_x, wrong))

    assert (intake.state, intake.rows, intake.kept, intake.content) == (IntakeState.KEPT, 3, 3, None)
    found = findings_of(intake)
    assert [(repair.row, repair.now) for repair in found.repaired] == [(3, ZHOU_XIAO)]
    assert [(problem.row, problem.row_kept) for problem in found.problems] == [(4, True)]
    assert XIAOYU.encode() not in (intake.findings_sealed or b"")


def test_every_import_is_in_the_provision_log_without_anything_personal(session: Session) -> None:
    bureau = a_bureau(session)
    intake = arrive(session, REGISTER, bureau, register(ROW))

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "imported")).one()

    assert (entry.unit_id, entry.detail["kept"]) == (bureau.id, 1)
    assert entry.detail["sha256"] == intake.digest.hex()
    assert entry.detail["purpose"]
    assert XIAOYU not in str(entry.detail)


def test_a_file_that_is_no_table_is_refused_with_its_sentence(session: Session) -> None:
    intake = arrive(session, REGISTER, a_bureau(session), "姓名,困难类别\n".encode(), file_name="名单.xlsx")
    assert intake.state is IntakeState.REFUSED
    assert "请把扩展名改为 .csv" in (intake.refused_because or "")
    assert intake.content is None


def test_what_breaks_midway_leaves_nothing_and_says_so(session: Session) -> None:
    intake = waiting(session, register(ROW))
    with pytest.raises(Broken):
        work_off(sessions_of(session), intake.id, A_MONDAY, keepers={REGISTER: keeps_and_breaks})  # type: ignore[dict-item]
    session.refresh(intake)
    assert (entries(session), intake.state) == (0, IntakeState.REFUSED)


def test_a_file_is_worked_off_once(session: Session) -> None:
    intake = waiting(session, register(ROW))
    assert work_off(sessions_of(session), intake.id, A_MONDAY)
    assert not work_off(sessions_of(session), intake.id, A_MONDAY)
    assert entries(session) == 1


def test_who_lost_the_file_to_another_keeps_nothing(session: Session) -> None:
    intake = waiting(session, register(ROW))

    def slow(*args: object) -> object:
        found = keep_register(*args)  # type: ignore[arg-type]
        with sessions_of(session).begin() as other:  # another process, believing this one dead
            other.get_one(Intake, intake.id).working_until = A_MONDAY + timedelta(days=1)
        return found

    done = work_off(sessions_of(session), intake.id, A_MONDAY, keepers={REGISTER: slow})  # type: ignore[dict-item]

    assert (done, entries(session)) == (False, 0)


def test_the_database_does_not_end_a_long_reading_between_two_statements(session: Session) -> None:
    intake, seen = waiting(session, register(ROW)), []

    def watched(working: Session, *rest):  # type: ignore[no-untyped-def]
        seen.append(working.scalar(text("SHOW idle_in_transaction_session_timeout")))
        return keep_register(working, *rest)

    work_off(sessions_of(session), intake.id, A_MONDAY, keepers={REGISTER: watched})
    assert seen == ["0"]


def test_the_lease_is_renewed_while_the_file_is_worked_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beating, "BEAT", 0.01)
    intake = waiting(session, register(ROW))
    seen = []

    def watched(working: Session, row: Intake, table, now, progress):  # type: ignore[no-untyped-def]
        began = progress.until
        while progress.until == began:
            clock.now()
        with sessions_of(session).begin() as other:
            seen.append(other.get_one(Intake, intake.id).working_until == progress.until)
        return keep_register(working, row, table, now, progress)

    work_off(sessions_of(session), intake.id, A_MONDAY, keepers={REGISTER: watched})
    assert seen
    assert entries(session) == 1
    session.refresh(intake)
    assert intake.finished_at is not None
    assert intake.finished_at > A_MONDAY  # when it was done, not when it began


def test_what_a_killed_process_left_is_taken_up_once_its_lease_has_passed(session: Session) -> None:
    intake = waiting(session, register(ROW))
    intake.state, intake.working_until = IntakeState.READING, A_MONDAY + beating.LEASE
    session.commit()

    assert resume_left_behind(sessions_of(session), A_MONDAY) == 0
    assert resume_left_behind(sessions_of(session), A_MONDAY + timedelta(minutes=1)) == 1
    assert entries(session) == 1


def test_a_file_that_nobody_began_is_taken_up_a_little_later(session: Session) -> None:
    waiting(session, register(ROW))
    assert resume_left_behind(sessions_of(session), A_MONDAY + timedelta(seconds=5)) == 0
    assert resume_left_behind(sessions_of(session), A_MONDAY + timedelta(minutes=1)) == 1


def test_a_file_that_ends_every_process_is_given_up_in_the_end(session: Session) -> None:
    intake = waiting(session, register(ROW))
    assert resume_left_behind(sessions_of(session), A_MONDAY + timedelta(hours=7)) == 0
    session.refresh(intake)
    assert intake.state is IntakeState.REFUSED


def test_a_workbook_comes_in_like_a_csv(session: Session) -> None:
    data = xlsx(["民政局名单"], ["困难类别", "姓名", "身份证件号"], ["低保", "王小雨", XIAOYU])
    intake = arrive(session, REGISTER, a_bureau(session), data, file_name="a.xlsx", keepers=KEEPERS)
    assert (intake.state, intake.kept) == (IntakeState.KEPT, 1)


def test_what_a_refused_file_says_quotes_no_child_and_lies_about_in_no_clear_text(session: Session) -> None:
    intake = arrive(session, REGISTER, a_bureau(session), f"王小雨,{XIAOYU},低保\n".encode())
    assert "第一行像是人员" in (intake.refused_because or "")
    assert XIAOYU not in (intake.refused_because or "")
    session.refresh(intake)
    assert "表头".encode() not in (intake.refused_because_sealed or b"")
