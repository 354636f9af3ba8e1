"""A mother before the portal: her child's slip, the list the child is on, the money that was paid."""

from datetime import datetime
from types import SimpleNamespace

from playwright.sync_api import Page
from sqlalchemy.orm import Session, sessionmaker

from portal.access.slips import issue_slips
from portal.clock import SchoolTerm
from portal.coverage.awards import keep_awards
from portal.coverage.ledger import open_rows
from portal.database import EVERYTHING
from portal.enrolment.matching_runs import run
from portal.intake.spreadsheet import read_table
from portal.models import Pupil, SchoolClass
from portal.outreach.dispatch import tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.policies.catalogue import load_catalogue
from portal.vocabulary import Basis, Decision, IntakeKind
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, an_entry, an_intake
from tests.coverage.builders import a_match

BIRTH_DATE = "20160305"
"""Of 王小雨, as the builders make her."""
CATALOGUE = load_catalogue()


def a_slip(session: Session, pupil: Pupil) -> str:
    """The code, after everything was committed for the served portal to see."""
    slip = issue_slips(session, [pupil], A_MONDAY)[pupil.id]
    session.add(SchoolClass(school_id=pupil.school_id, grade="四年级", name="(2)班", teacher="李老师"))
    session.commit()
    return slip.code or ""


def a_listed_child(session: Session, name: str = "王小雨", listed_as: str = "") -> Pupil:
    """Matched with the civil affairs bureau's register, its ledger rows opened."""
    pupil = a_pupil(session, name=name)
    an_entry(session, name=listed_as or name, id_number=pupil.id_number)
    matched = run(session, a_county(session), SchoolTerm.parse(TERM), "command", A_MONDAY)
    open_rows(session, matched, CATALOGUE, A_MONDAY)
    return pupil


def a_brother(session: Session) -> Pupil:
    """王小川, whose mother is on the list and he is not (J5)."""
    brother = a_pupil(session, name="王小川", id_number="329901201809170039", grade="二年级", grade_number=2)
    a_match(session, brother, an_entry(session, "王丽", None), Decision.HOUSEHOLD, Basis.GUARDIAN)
    session.commit()
    return brother


def a_message(session: Session, pupil: Pupil, now: datetime = A_MONDAY) -> None:
    """The built-in reminder, sent that moment by the sandbox."""
    session.commit()
    tick(sessionmaker(session.get_bind(), info={"reach": EVERYTHING}), [Sandbox()], now)


def a_payment(session: Session, yuan: int = 500, name: str = "王小雨") -> None:
    """The national system's file says it was paid on 12 October 2026."""
    text = (
        "姓名,身份证件号,资助项目,学年,学期,金额,发放日期\n"
        f"{name},329901201603050015,生活补助,2026-2027,秋季学期,{yuan},2026-10-12\n"
    )
    intake = an_intake(session, a_county(session), IntakeKind.AWARDS)
    watcher = SimpleNamespace(step=lambda words: None, done=0)
    keep_awards(session, intake, read_table(text.encode(), "受助名单.csv"), A_MONDAY, watcher)
    session.commit()


def press(page: Page, name: str) -> None:
    """A button, until the page it leads to stands."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


def show_slip(page: Page, code: str, birth_date: str = BIRTH_DATE) -> None:
    """From the first page, as the slip says."""
    page.goto("/")
    follow(page, "看我家孩子")
    page.get_by_label("告知单号码").fill(code)
    page.get_by_label("孩子的出生日期").fill(birth_date)
    press(page, "看孩子的资助")
