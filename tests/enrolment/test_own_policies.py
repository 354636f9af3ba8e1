"""自己的政策: written by one officer, approved by another, paid like any other, never rewritten (N4-5)."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.coverage.awards import keep_awards
from portal.coverage.ledger import open_rows
from portal.enrolment.local_standards import (
    StandardRefused,
    approve,
    catalogue_of,
    compare,
    latest_own,
    next_own_code,
    propose,
)
from portal.intake.spreadsheet import read_table
from portal.models import Entitlement, PolicyOverlay, StaffMember, Unit
from portal.policies.local_standard import Proposal
from portal.policies.own_policy import OwnPolicy
from portal.vocabulary import ClaimMode, IntakeKind, OverlayState, Role
from tests.builders import A_MONDAY, a_county, a_proposal, a_pupil, a_staff_member, an_intake
from tests.coverage.builders import a_match, a_run

APPLYING = {"how": "学校办，家长不用申请", "where": "学校", "when": "每年9月", "payee": "发到家长账户"}
BUS = OwnPolicy("329901-1", "示例县小学生校车补助", "校车补助", "坐校车的孩子，县里补车费。", ("primary",), "hardship")


def a_bus(own: OwnPolicy = BUS, **changed: Any) -> Proposal:
    said: dict[str, Any] = {
        "policy": own.code, "starts": date(2026, 9, 1), "source": "示教发〔2026〕20号", "clause": "第二条：每学年300元",
        "checked_on": date(2026, 9, 1), "amounts": ({"typical": 300, "per": "year"},), "claim_mode": ClaimMode.AUTO,
        "applying": APPLYING, "own": own,
    }  # fmt: skip
    return Proposal(**said | changed)


@pytest.fixture
def county(session: Session) -> Unit:
    return a_county(session)


@pytest.fixture
def first(session: Session, county: Unit) -> StaffMember:
    return a_staff_member(session, "first", Role.COUNTY_OFFICER, county)


@pytest.fixture
def second(session: Session, county: Unit) -> StaffMember:
    return a_staff_member(session, "second", Role.COUNTY_OFFICER, county)


@pytest.fixture
def approved(session: Session, county: Unit, first: StaffMember, second: StaffMember) -> PolicyOverlay:
    overlay = propose(session, county, a_bus(), first, A_MONDAY)
    approve(session, overlay, "", second, A_MONDAY)
    return overlay


def test_nobody_knows_it_before_a_second_person_approved(session: Session, county: Unit, first: StaffMember) -> None:
    propose(session, county, a_bus(), first, A_MONDAY)
    assert "329901-1" not in {policy.code for policy in catalogue_of(session).policies}


def test_approved_it_stands_in_the_catalogue_and_opens_rows(session: Session, approved: PolicyOverlay) -> None:
    a_match(session, a_pupil(session))
    open_rows(session, a_run(session), catalogue_of(session), A_MONDAY)
    row = session.scalars(select(Entitlement).where(Entitlement.policy == approved.policy)).one()
    assert (row.due_yuan, row.claim_mode) == (150, ClaimMode.AUTO)


def test_a_paying_file_that_names_it_pays_its_row(session: Session, county: Unit, approved: PolicyOverlay) -> None:
    a_match(session, a_pupil(session))
    open_rows(session, a_run(session), catalogue_of(session), A_MONDAY)
    text = (
        "姓名,身份证件号,资助项目,学年,学期,金额\n"
        "王小雨,329901201603050015,示例县小学生校车补助,2026-2027,秋季学期,150\n"
    )
    intake = an_intake(session, county, IntakeKind.AWARDS)
    watcher = SimpleNamespace(step=lambda words: None, done=0)
    keep_awards(session, intake, read_table(text.encode(), "受助名单.csv"), A_MONDAY, watcher)
    assert session.scalars(select(Entitlement.paid_yuan).where(Entitlement.policy == approved.policy)).one() == 150


def test_the_second_person_reads_every_word_beside_that_of_before(
    session: Session, county: Unit, approved: PolicyOverlay
) -> None:
    better = a_bus(starts=date(2027, 2, 1), amounts=({"typical": 400, "per": "year"},), note="坐公交也算")
    shown = compare(session, county, better)
    assert [(each.rung.now.typical, each.proposed.typical) for each in shown.sums] == [(300, 400)]  # type: ignore[union-attr]
    assert [(each.label, each.now, each.proposed) for each in shown.words] == [("给家长的一句话", "", "坐公交也算")]
    assert len(compare(session, county, a_bus()).words) == 10


def test_a_new_version_leaves_the_old_one_in_force_until_its_day(
    session: Session, county: Unit, first: StaffMember, second: StaffMember, approved: PolicyOverlay
) -> None:
    better = a_bus(starts=date(2027, 2, 1), amounts=({"typical": 400, "per": "year"},))
    approve(session, propose(session, county, better, second, A_MONDAY), "", first, A_MONDAY)
    versions = catalogue_of(session)["329901-1"].versions
    assert [(each.starts, each.tiers[0].amount.typical) for each in versions] == [  # type: ignore[union-attr]
        (date(2026, 9, 1), 300),
        (date(2027, 2, 1), 400),
    ]
    assert approved.state is OverlayState.APPROVED
    standing = latest_own(session, county, "329901-1")
    assert standing and standing.amounts == better.amounts
    assert next_own_code(session, county) == "329901-2"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"family_words": "给贫困家庭的孩子补车费。"}, "不能写“贫困”"),
        ({"family_words": "带证明来领。"}, "不能要“证明”"),
        ({"group": "rich"}, "没有 rich 这一组"),
        ({"until": "2026-08-31"}, "until 早于 from"),
    ],
)
def test_words_that_brand_or_ask_for_proof_are_refused(
    session: Session, county: Unit, first: StaffMember, changed: dict[str, str], words: str
) -> None:
    own = OwnPolicy.of({**BUS.row(), **changed})
    with pytest.raises(StandardRefused, match=words):
        propose(session, county, a_bus(own), first, A_MONDAY)


def test_where_and_when_of_the_provinces_policy_may_change_alone(
    session: Session, county: Unit, first: StaffMember, second: StaffMember
) -> None:
    window = {"opens": "09-01", "closes": "09-20"}
    said = a_proposal(policy="HIGH-GRANT", amounts=(), applying={"where": "县政务中心3号窗口", "window": [window]})
    overlay = propose(session, county, said, first, A_MONDAY)
    assert [(each.label, each.proposed) for each in compare(session, county, said).words] == [
        ("在哪里", "县政务中心3号窗口"),
        ("每年几月几日", "9月1日至9月20日"),
    ]
    approve(session, overlay, "", second, A_MONDAY)
    here = catalogue_of(session).policy_at("HIGH-GRANT", "329901", date(2026, 9, 7))
    assert here.application.where == "县政务中心3号窗口"


def test_local_words_may_not_ask_a_listed_family_for_anything(
    session: Session, county: Unit, first: StaffMember
) -> None:
    said = a_proposal(amounts=(), applying={"how": "带低保证复印件到窗口"})
    with pytest.raises(StandardRefused, match="给家长看的话里不能"):
        propose(session, county, said, first, A_MONDAY)
