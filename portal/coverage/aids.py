"""One aid of a child as its family reads it: the sum, how it stands, why, the clause, and whom to ring (G1, G10)."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from portal.clock import SchoolTerm
from portal.coverage.ledger import without_lists
from portal.coverage.ledger_row import LedgerRow
from portal.coverage.progress import is_missing
from portal.coverage.status import ENJOYED, Status, status_of
from portal.coverage.steps import PAID
from portal.coverage.words import NOTICE_CLAUSE, decided_by, yuan_words
from portal.enrolment.circumstances import county_of
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.policy import Sureness, Version, Waiver, version_on
from portal.vocabulary import EntitlementState, UnitLevel

ALL_WAIVED = "全免"


@dataclass(frozen=True)
class Ring:
    """Whom to ring about an aid that is not at the school; by name where one is entered."""

    who: str
    landline: str


@dataclass(frozen=True)
class Item:
    """``ask_received`` is the ledger row to ask 收到了／没收到 about, where money was paid; ``row`` its row.

    What was said may be taken back: ``found`` is the row of a 没收到, ``slip`` that of a 收到了 of this term.
    """

    policy: str
    name: str
    amount: str
    status: Status
    clause: str
    source: str
    note: str
    row: LedgerRow | None = None
    ask_received: UUID | None = None
    found: UUID | None = None
    slip: UUID | None = None
    ring: Ring | None = None

    @cached_property
    def why(self) -> str:
        """Sealed with the row, and opened where it is shown."""
        return self.row.because if self.row else ""


def item_of(catalogue: Catalogue, row: LedgerRow, day: date, when: str = "") -> Item:
    """``when`` names the term of a row that is not of this one."""
    first_day = SchoolTerm.parse(row.term).first_day
    policy = catalogue.policy_at(row.policy, county_of(row.school), first_day)
    version = version_on(policy.versions, first_day)
    is_waiver = version is not None and any(isinstance(tier.amount, Waiver) for tier in version.tiers)
    amount = f"{yuan_words(row.due_yuan)}元" if row.due_yuan is not None else ALL_WAIVED if is_waiver else "请问学校"
    return Item(
        policy=row.policy,
        name=f"{when}{policy.family_name}",
        amount=amount,
        status=status_of(row, policy, is_waiver, day),
        clause=NOTICE_CLAUSE,
        source=version.source if version else "",
        note=_note(version, row),
        row=row,
        ask_received=row.id if row.state is PAID else None,
        found=row.id if is_missing(row) else None,
        slip=row.id if row.state is EntitlementState.RECEIVED and not when else None,
        ring=_ring(row),
    )


def spared(catalogue: Catalogue, pupil: Circumstances, term: SchoolTerm, held: set[str]) -> list[Item]:
    """What nobody has to ask for, because no child of the stage pays it."""
    return [
        Item(
            policy=finding.policy,
            name=catalogue[finding.policy].family_name,
            amount=ALL_WAIVED,
            status=ENJOYED,
            clause="",
            source=finding.source,
            note="",
        )
        for finding in without_lists(catalogue, pupil, term.first_day)
        if isinstance(finding.amount, Waiver) and finding.policy not in held
    ]


def _ring(row: LedgerRow) -> Ring | None:
    above = row.school.parent
    if above is None or row.closed_on is not None or row.owner_level is UnitLevel.SCHOOL or not above.landline:
        return None
    return Ring(f"{above.name}{above.aid_officer}", above.landline)


def _note(version: Version | None, row: LedgerRow) -> str:
    sure = version is None or version.sure is Sureness.OFFICIAL
    return "" if sure else decided_by(row.school)
