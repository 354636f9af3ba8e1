"""Every staff page, for every role, on one's own things and on others': the table and the scope decide."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal.access.permissions import Permission, may
from portal.blueprints.guards import OPEN_PAGES
from portal.enrolment.standing import DESKS
from portal.models import AuditEntry, SignIn, TryCount
from portal.models.base import Base
from portal.vocabulary import Role
from tests.staff.county import ACCOUNTS, StaffCounty, Things, sign_in, token_on

ANYBODY: tuple[Permission, ...] = ()
"""Every staff member, of whatever role."""
IMPORTS = (Permission.IMPORT_ROSTER, Permission.IMPORT_REGISTER, Permission.IMPORT_AWARDS)
STANDARDS = (Permission.PROPOSE_STANDARD, Permission.APPROVE_STANDARD)
OPENED_BY = {
    # what is at stake: which permissions open it, any one of them
    "today": ANYBODY,
    "find_pupil": (Permission.SEE_PUPILS,),
    "ledger": (Permission.SEE_PUPILS,),
    "move_rows": (Permission.MOVE_ROWS,),
    "undo_press": (Permission.MOVE_ROWS,),
    "awards": (Permission.SEE_PUPILS,),
    "award_differences": (Permission.SEE_PUPILS,),
    "owed_parts": (Permission.SEE_PUPILS,),
    "owed_pupils": (Permission.SEE_PUPILS,),
    "back_fill": (Permission.SEE_PUPILS,),
    "mark_filled": (Permission.EXPORT,),
    "undo_mark": (Permission.EXPORT,),
    "export_template": (Permission.EXPORT,),
    "decide_export": (Permission.EXPORT,),
    "take_export": (Permission.EXPORT,),
    "compare_systems": (Permission.SEE_PUPILS,),
    "take_in_system_list": (Permission.COMPARE_SYSTEMS,),
    "yearly_checks": (Permission.SEE_PUPILS,),
    "look_at_pupils": (Permission.CHECK_YEARLY,),
    "sign_year": (Permission.CHECK_YEARLY,),
    "determine": (Permission.DETERMINE,),
    "take_back_determination": (Permission.DETERMINE,),
    "flag_further_aid": (Permission.FIND_FURTHER_AID,),
    "settle_further_aid": (Permission.FIND_FURTHER_AID,),
    "all_notices": (Permission.SEE_PUPILS,),
    "put_up_notice": (Permission.PUT_UP_NOTICE,),
    "take_down_notice": (Permission.TAKE_DOWN_NOTICE,),
    "closing": (Permission.SEE_PUPILS,),
    "sign_closing": (Permission.CLOSE_TERM,),
    "reopen_closing": (Permission.REOPEN_TERM,),
    "choose_columns": ANYBODY,
    "matched": (Permission.SEE_PUPILS,),
    "review": DESKS,
    "settle": DESKS,
    "one_pair": DESKS,
    "reveal_pair": (Permission.REVEAL,),
    "undo_settlement": DESKS,
    "bureau_questions": (Permission.ANSWER_BUREAU,),
    "bureau_question": (Permission.ANSWER_BUREAU,),
    "reveal_bureau_question": (Permission.ANSWER_BUREAU,),
    "answer_bureau_question": (Permission.ANSWER_BUREAU,),
    "additions_list": (Permission.SEE_PUPILS,),
    "nominate": (Permission.NOMINATE,),
    "add_by_hand": (Permission.ADD_BY_HAND,),
    "refuse_nomination": (Permission.ADD_BY_HAND,),
    "end_addition": (Permission.ADD_BY_HAND,),
    "all_rolls": (Permission.SEE_PUPILS,),
    "roll": (Permission.SEE_PUPILS,),
    "leave_school": (Permission.SETTLE_DOUBLE,),
    "pupil": (Permission.SEE_PUPILS,),
    "reveal": (Permission.REVEAL,),
    "moves": (Permission.SEE_PUPILS,),
    "move": (Permission.SEE_PUPILS,),
    "record_move": (Permission.RECORD_MOVE,),
    "accept_move": (Permission.RECORD_MOVE,),
    "end_move": (Permission.RECORD_MOVE,),
    "name_school": (Permission.RECORD_MOVE,),
    "give_reason": (Permission.GIVE_REASON,),
    "record_contact": (Permission.RECORD_CONTACT,),
    "script": (Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS),
    "my_pupils": (Permission.VERIFY_OWN_CLASS,),
    "my_pupil": (Permission.VERIFY_OWN_CLASS,),
    "verify_pupil": (Permission.VERIFY_OWN_CLASS,),
    "show_phone": (Permission.VERIFY_OWN_CLASS,),
    "record_own_contact": (Permission.VERIFY_OWN_CLASS,),
    "settle_correction": (Permission.ANSWER_FAMILIES,),
    "ask_bureau": (Permission.SETTLE_HOUSEHOLD,),
    "settle_corrections": (Permission.ANSWER_FAMILIES,),
    "reopen_corrections": (Permission.ANSWER_FAMILIES,),
    "give_helper": (Permission.NAME_HELPER,),
    "export_matched": (Permission.EXPORT,),
    "matching": (Permission.RUN_MATCHING,),
    "run_matching": (Permission.RUN_MATCHING,),
    "intakes": IMPORTS,
    "intake": IMPORTS,
    "intake_problems": IMPORTS,
    "take_in_roster": (Permission.IMPORT_ROSTER,),
    "take_in_register": (Permission.IMPORT_REGISTER,),
    "take_in_awards": (Permission.IMPORT_AWARDS,),
    "board": (Permission.FOLLOW_MATCHING,),
    "remind_schools": (Permission.FOLLOW_MATCHING,),
    "register": (Permission.IMPORT_REGISTER,),
    "confirm_register": (Permission.IMPORT_REGISTER,),
    "drop_register": (Permission.IMPORT_REGISTER,),
    "withdraw_register": (Permission.IMPORT_REGISTER,),
    "messages": (Permission.SEE_MESSAGES,),
    "send_message_again": (Permission.SEND_MESSAGES,),
    "phone": (Permission.SEE_MESSAGES,),
    "campaigns": (Permission.SEND_MESSAGES,),
    "campaign": (Permission.SEND_MESSAGES,),
    "change_campaign_days": (Permission.SEND_MESSAGES,),
    "draw_campaign": (Permission.SEND_MESSAGES,),
    "submit_campaign": (Permission.SEND_MESSAGES,),
    "approve_campaign": (Permission.SEND_MESSAGES,),
    "send_campaign_back": (Permission.SEND_MESSAGES,),
    "stop_campaign": (Permission.SEND_MESSAGES,),
    "ask_deadline_day": (Permission.SEND_MESSAGES,),
    "approve_deadline_day": (Permission.SEND_MESSAGES,),
    "take_back_deadline_day": (Permission.SEND_MESSAGES,),
    "pause": (Permission.PAUSE_MESSAGES,),
    "lift_pause": (Permission.PAUSE_MESSAGES,),
    "wordings": (Permission.SEND_MESSAGES,),
    "save_wording": (Permission.SEND_MESSAGES,),
    "make_notice": (Permission.SEND_MESSAGES,),
    "supplier_templates": (Permission.SEE_OPERATIONS,),
    "record_supplier_template": (Permission.SEE_OPERATIONS,),
    "record_signature_filing": (Permission.SEE_OPERATIONS,),
    "operations": (Permission.SEE_OPERATIONS,),
    "categories": (Permission.KEEP_CATEGORIES,),
    "add_category": (Permission.KEEP_CATEGORIES,),
    "contact_tasks": (Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS),
    "contact_task": (Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS),
    "record_talk": (Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS),
    "handle_reply": (Permission.RECORD_CONTACT,),
    "opt_in": (Permission.RECORD_CONTACT,),
    "unreached_families": (Permission.SEE_PUPILS,),
    "reach_proof": (Permission.SEE_PUPILS,),
    "send_to_list": (Permission.SEND_MESSAGES,),
    "slips": (Permission.PRINT_SLIPS,),
    "print_slips": (Permission.PRINT_SLIPS,),
    "standards": STANDARDS,
    "new_standard": (Permission.PROPOSE_STANDARD,),
    "own_policy": (Permission.PROPOSE_STANDARD,),
    "standard": STANDARDS,
    "approve_standard": (Permission.APPROVE_STANDARD,),
    "refuse_standard": (Permission.APPROVE_STANDARD,),
    "check_standard_again": (Permission.PROPOSE_STANDARD,),
    "statistics": (Permission.SEE_PUPILS,),
    "counted": (Permission.SEE_PUPILS,),
    "export_statistics": (Permission.EXPORT,),
    "next_budget": (Permission.MAKE_BUDGET,),
    "take_budget": (Permission.MAKE_BUDGET,),
    "inspections": (Permission.INSPECT,),
    "draw_sample": (Permission.INSPECT,),
    "inspection": (Permission.INSPECT,),
    "inspection_trails": (Permission.INSPECT,),
    "pupil_trail": (Permission.SEE_PUPILS,),
    "bulletins": (Permission.SEE_PUPILS,),
    "bulletin": (Permission.SEE_PUPILS,),
    "bulletin_paper": (Permission.SEE_PUPILS,),
    "new_bulletin": (Permission.ISSUE_BULLETIN,),
    "issue_bulletin": (Permission.ISSUE_BULLETIN,),
    "people": (Permission.KEEP_ACCOUNTS,),
    "new_account": (Permission.KEEP_ACCOUNTS,),
    "change_role": (Permission.KEEP_ACCOUNTS,),
    "close_account": (Permission.KEEP_ACCOUNTS,),
    "teacher_classes": (Permission.KEEP_ACCOUNTS,),
    "change_classes": (Permission.KEEP_ACCOUNTS,),
    "reset_password": (Permission.KEEP_ACCOUNTS,),
    "audit_trail": (Permission.READ_AUDIT,),
    "change_password": ANYBODY,
    "sign_out": ANYBODY,
}
ENDS_THE_SIGN_IN = {"sign_out"}
METHODS = ("GET", "POST")


def staff_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")]


def short(rule: Rule) -> str:
    return rule.endpoint.removeprefix("staff.")


def things_of(things: Things, role: Role) -> dict[str, object]:
    """A bureau sees its own register, everybody else the school's roster."""
    intake = things.register if role is Role.BUREAU_OFFICER else things.intake
    return {
        "pupil_id": things.pupil.id,
        "entitlement_id": things.row.id,
        "correction_id": things.correction.id,
        "intake_id": intake.id,
        "register_id": things.register.id,
        "staff_id": things.member.id,
        "pair_id": things.pair.id,
        "act_id": things.act_id,
        "question_id": things.question.id,
        "addition_id": things.addition.id,
        "double_id": things.double.id,
        "reply_id": things.reply.id,
        "overlay_id": things.standard.id,
        "code": "unfound",
        "campaign_id": things.campaign.id,
        "pause_id": things.pause.id,
        "wording_id": things.wording.id,
        "task_id": things.task.id,
        "closing_id": things.closing.id,
        "press_id": things.press_id,
        "mark_press_id": things.mark_id,
        "request_id": things.request.id,
        "notice_id": things.notice.id,
        "further_id": things.further.id,
        "settled_id": things.settled_id,
        "list_name": "ledger",
        "sample_id": things.sample.id,
        "bulletin_id": things.bulletin.id,
        "move_id": things.move.id,
        "message_id": things.message.id,
    }


def path_of(rule: Rule, values: dict[str, object]) -> str:
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def opens(role: Role, page: str) -> bool:
    return OPENED_BY[page] is ANYBODY or any(may(role, permission) for permission in OPENED_BY[page])


def walk(
    app: Flask, client: FlaskClient, account: str, values: dict[str, object], only_named: bool
) -> Iterator[tuple[str, str, int]]:
    """Endpoint, method, status; whoever was signed out on the way signs in again."""
    sign_in(client, account)
    token = token_on(client, "/staff/password")
    for rule in sorted(staff_rules(app), key=lambda rule: short(rule) in ENDS_THE_SIGN_IN):
        if rule.endpoint in OPEN_PAGES or (only_named and not rule.arguments - {"code", "list_name"}):
            continue
        path = path_of(rule, values)
        for method in sorted((rule.methods or set()) & set(METHODS)):
            data = {"csrf_token": token} if method == "POST" else None
            yield short(rule), method, client.open(path, method=method, data=data).status_code


def test_the_table_names_every_staff_page_and_nothing_else(app: Flask) -> None:
    assert {short(rule) for rule in staff_rules(app) if rule.endpoint not in OPEN_PAGES} == set(OPENED_BY)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_the_table_says(app: Flask, client: FlaskClient, county: StaffCounty, role: Role) -> None:
    wrong = []
    for page, method, status in walk(app, client, ACCOUNTS[role][0], things_of(county.ours, role), only_named=False):
        allowed = opens(role, page)
        if allowed != (status in (200, 302, 400, 422)) or (not allowed and status != 403):
            wrong.append((page, method, status))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_what_is_not_theirs_is_not_there(app: Flask, client: FlaskClient, county: StaffCounty, role: Role) -> None:
    wrong = []
    for page, method, status in walk(app, client, ACCOUNTS[role][0], things_of(county.theirs, role), only_named=True):
        allowed = opens(role, page)
        if status != (404 if allowed else 403):
            wrong.append((page, method, status))
    assert wrong == []


def test_theirs_and_never_there_get_the_same_answer(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    theirs = client.get(f"/staff/pupils/{county.theirs.pupil.id}")
    nobody = client.get(f"/staff/pupils/{uuid4()}")
    assert (theirs.status_code, theirs.text) == (nobody.status_code, nobody.text)


def test_knocking_at_others_doors_is_in_the_trail(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    client.get(f"/staff/pupils/{county.theirs.pupil.id}")
    client.get("/staff/audit")
    pages = session.scalars(select(AuditEntry).where(AuditEntry.action == "refused").order_by(AuditEntry.id)).all()
    assert [entry.detail["page"] for entry in pages] == ["staff.pupil", "staff.audit_trail"]


def test_without_sign_in_every_page_leads_to_the_sign_in(app: Flask, client: FlaskClient, county: StaffCounty) -> None:
    for rule in staff_rules(app):
        if rule.endpoint not in OPEN_PAGES and "GET" in (rule.methods or set()):
            path = path_of(rule, things_of(county.ours, Role.COUNTY_OFFICER))
            assert client.get(path).headers["Location"] == "/staff/sign-in", path


@pytest.mark.parametrize("role", [Role.SCHOOL_OFFICER, Role.COUNTY_OFFICER, Role.ACCOUNT_KEEPER])
def test_no_post_counts_without_its_token(
    app: Flask, client: FlaskClient, session: Session, county: StaffCounty, role: Role
) -> None:
    sign_in(client, ACCOUNTS[role][0])
    before = counted(session)
    for rule in staff_rules(app):
        if "POST" in (rule.methods or set()):
            path = path_of(rule, things_of(county.ours, role))
            assert client.post(path, data={"csrf_token": "made-up"}).status_code == 400, path
    assert counted(session) == before


@pytest.mark.parametrize("role", [Role.SCHOOL_OFFICER, Role.COUNTY_OFFICER, Role.INSPECTOR, Role.ACCOUNT_KEEPER])
def test_looking_changes_nothing(
    app: Flask, client: FlaskClient, session: Session, county: StaffCounty, role: Role
) -> None:
    sign_in(client, ACCOUNTS[role][0])
    before = rows_of(session)
    for rule in staff_rules(app):
        if "GET" in (rule.methods or set()):
            client.get(path_of(rule, things_of(county.ours, role)))
    assert rows_of(session) == before


TRAIL = {AuditEntry.__tablename__, SignIn.__tablename__, TryCount.__tablename__}
"""What looking does leave: that somebody looked."""


def rows_of(session: Session) -> dict[str, list[str]]:
    session.commit()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in TRAIL]
    return {table.name: sorted(map(str, session.execute(select(table)))) for table in tables}


def counted(session: Session) -> dict[str, int]:
    session.commit()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


LISTS = (
    "/staff/",
    "/staff/ledger",
    "/staff/matched",
    "/staff/review",
    "/staff/additions",
    "/staff/rolls/unfound",
    "/staff/intake",
    "/staff/messages",
    "/staff/phone",
    "/staff/people",
)
NUMBER = re.compile(r"(?<![\w-])\d{17}[\dXx](?![\w-])|(?<![\w.-])1[3-9]\d{9}(?![\w-])")


@pytest.mark.parametrize("role", [Role.SCHOOL_OFFICER, Role.COUNTY_OFFICER, Role.INSPECTOR, Role.ACCOUNT_KEEPER])
def test_no_list_shows_a_number_in_full(client: FlaskClient, county: StaffCounty, role: Role) -> None:
    sign_in(client, ACCOUNTS[role][0])
    pages = [
        *LISTS,
        f"/staff/review/{county.ours.pair.id}",
        f"/staff/pupils/{county.ours.pupil.id}",
        f"/staff/intake/{county.ours.intake.id}",
        "/staff/audit",
    ]
    for path in pages:
        assert NUMBER.findall(client.get(path).text) == [], path


def test_who_keeps_accounts_and_machines_may_see_nothing_of_a_child() -> None:
    """L-16; that the keys are for their owner alone: tests/privacy/test_key_files.py."""
    held = {permission for permission in Permission if may(Role.ACCOUNT_KEEPER, permission)}
    assert held == {Permission.KEEP_ACCOUNTS, Permission.SEE_OPERATIONS}
