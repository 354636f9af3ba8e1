"""资格判定: what a pupil is entitled to on a day: yes, no or unknown, with the reason, for each policy in force."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from portal.policies.amounts import Due, amount_due, yearly
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.conditions import Situation
from portal.policies.policy import (
    PROVINCE_DIVISION,
    PROVINCE_NAME,
    Amount,
    Gives,
    Money,
    Overlay,
    Per,
    Policy,
    RestsOn,
    Sureness,
    Version,
    ended_before,
    version_on,
)
from portal.policies.reasons import ASK_SCHOOL, NOT_SETTLED, Reasons, once, weigh, wider
from portal.vocabulary import ClaimMode, Verdict

SCHOOL_DECIDES = "以学校或县资助中心为准"


@dataclass(frozen=True)
class Finding:
    """The verdict on one policy; the contract's keys and, for pages, the same said without naming any hardship.

    ``amount`` with verdict unknown is what would be due; ``province_amount`` and
    ``local_amount`` are set only where the two standards differ, whichever of them decides.
    ``missing`` are names of the input's fields, ``ask`` the questions for them, ``change`` what would turn a no;
    ``window`` is when one may apply, the present span or the next, None for at any time.
    """

    policy: str
    verdict: Verdict
    amount: Amount | None
    claim_mode: ClaimMode
    version_from: date
    source: str
    clause: str
    checked_on: date
    sure: Sureness
    because: tuple[str, ...]
    family_because: tuple[str, ...]
    missing: tuple[str, ...]
    ask: tuple[str, ...]
    change: tuple[str, ...]
    note: str
    layer: str
    province_amount: Amount | None
    local_amount: Amount | None
    gives: Gives
    window: tuple[date, date] | None


def evaluate(catalogue: Catalogue, circumstances: Circumstances, day: date) -> tuple[Finding, ...]:
    """One finding for each policy that has begun by that day, in the catalogue's order; an ended one is unknown."""
    situation = Situation(circumstances, day, catalogue.categories)
    findings = []
    for policy in catalogue.policies:
        version = version_on(policy.versions, day) or _ended(policy, day)
        place = circumstances.hukou if policy.rests_on is RestsOn.HUKOU else circumstances.county
        if version is not None and policy.holds_at(place):
            local = tuple(catalogue.local_versions(policy.code, place, day))
            findings.append(_either_or(_judge(policy, version, local, situation), catalogue))
    return _paid_once(catalogue, tuple(findings))


def term_amount(finding: Finding) -> Decimal | None:
    """Yuan due for one term; None where nothing is paid, or no single figure is certain enough to count (C, M)."""
    amount = finding.amount
    if finding.verdict is not Verdict.ENTITLED or finding.sure in NOT_SETTLED or not isinstance(amount, Money):
        return None
    return yuan_a_term(amount)


def yuan_a_term(amount: Money) -> Decimal | None:
    """None where no single figure is published, or it is paid once and not by the term."""
    if amount.typical is None or amount.per is Per.ONCE:
        return None
    return Decimal(amount.typical) / (2 if amount.per is Per.YEAR else 1)


def _ended(policy: Policy, day: date) -> Version | None:
    """What ran out is promised to nobody and refused to nobody whom it was for."""
    last = ended_before(policy.versions, day)
    if last is None or last.until is None:
        return None
    until = f"{last.until.year}年{last.until.month}月{last.until.day}日"
    return replace(last, tiers=(), note=None, doubt=f"这项政策写明到{until}为止，以后是否继续没有见到文件")


def _judge(
    policy: Policy, version: Version, local: tuple[tuple[Overlay, Version], ...], situation: Situation
) -> Finding:
    reasons = weigh(policy, version, situation)
    for _, added in local:
        if added.who and reasons.verdict is not Verdict.ENTITLED:
            reasons = wider(reasons, weigh(policy, added, situation))
    due = amount_due(version, local, situation)
    sure = max(due.sure, version.sure)
    reasons = _with_amount(reasons, due)
    decides, layer = version, policy.place
    if due.overlay is not None and due.version is not None:
        decides, layer = due.version, due.overlay.name
    modes = [policy.claim_mode, version.claim_mode, *(added.claim_mode for _, added in local)]
    finding = Finding(
        policy=policy.code,
        verdict=reasons.verdict,
        amount=None if reasons.verdict is Verdict.NOT_ENTITLED else due.amount,
        claim_mode=next(mode for mode in reversed(modes) if mode is not None),
        version_from=decides.starts,
        source=decides.source,
        clause=decides.clause,
        checked_on=decides.checked_on,
        sure=sure,
        because=once(reasons.because),
        family_because=once(reasons.family),
        missing=once(reasons.missing),
        ask=once(reasons.ask),
        change=once(reasons.change),
        note=_note(reasons.verdict, sure, (version.note, due.note, *(added.note for _, added in local))),
        layer=layer,
        province_amount=None if reasons.verdict is Verdict.NOT_ENTITLED else due.province,
        local_amount=None if reasons.verdict is Verdict.NOT_ENTITLED else due.local,
        gives=policy.gives,
        window=policy.application_by([version, *(added for _, added in local)]).window(situation.day),
    )
    return finding if policy.rests_on is RestsOn.HUKOU else _outside(finding, situation.circumstances.county)


def _with_amount(reasons: Reasons, due: Due) -> Reasons:
    if reasons.verdict is Verdict.NOT_ENTITLED:
        return reasons
    return replace(
        reasons,
        because=(*reasons.because, *due.because),
        family=(*reasons.family, *due.because),
        missing=(*reasons.missing, *due.missing),
        ask=(*reasons.ask, *due.ask),
    )


def _note(verdict: Verdict, sure: Sureness, notes: tuple[str | None, ...]) -> str:
    said = [note for note in notes if note] if verdict is not Verdict.NOT_ENTITLED else []
    if verdict is Verdict.UNKNOWN:
        said.append(ASK_SCHOOL)
    elif sure is not Sureness.OFFICIAL:
        said.append(SCHOOL_DECIDES)
    return "；".join(once(tuple(said)))


def _outside(finding: Finding, county: str | None) -> Finding:
    """The catalogue speaks for schools of the province only; elsewhere it knows nothing, neither yes nor no."""
    if county is None or county.startswith(PROVINCE_DIVISION):
        return finding
    elsewhere = (f"学校不在{PROVINCE_NAME}（代码{county}），请问学校当地的资助中心",)
    return replace(
        finding, verdict=Verdict.UNKNOWN, amount=None, province_amount=None, local_amount=None,
        because=elsewhere, family_because=elsewhere, missing=(), ask=(), change=(), note=ASK_SCHOOL,
    )  # fmt: skip


def _either_or(finding: Finding, catalogue: Catalogue) -> Finding:
    """Of policies chosen between each says with which it does not go."""
    others = catalogue.either_or(finding.policy)
    if finding.verdict is Verdict.NOT_ENTITLED or not others:
        return finding
    words = f"与{'、'.join(f'“{other.family_name}”' for other in others)}同一学年只能选一项"
    return replace(finding, note="；".join(once((words, finding.note))))


def _paid_once(catalogue: Catalogue, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Of two policies that stand for each other only the larger stays, so that no term is paid twice."""
    kept = {finding.policy: finding for finding in findings}
    for policy in catalogue.policies:
        for other in policy.instead_of:
            stays, leaves = kept.get(policy.code), kept.get(other)
            if stays is None or leaves is None:
                continue
            if stays.verdict is Verdict.ENTITLED and leaves.verdict is Verdict.ENTITLED:
                if yearly(leaves.amount) > yearly(stays.amount):
                    stays, leaves = leaves, stays
                kept[leaves.policy] = _given_way(leaves, stays, catalogue[stays.policy])
    return tuple(kept.values())


def _given_way(leaves: Finding, stays: Finding, paid: Policy) -> Finding:
    return replace(
        leaves, verdict=Verdict.NOT_ENTITLED, amount=None, province_amount=None, local_amount=None,
        missing=(), ask=(), change=(), note="",
        because=(f"已按“{paid.name}”发放，同一学期不重复", *stays.because),
        family_because=(f"已按“{paid.family_name}”发放，同一学期不重复", *stays.family_because),
    )  # fmt: skip
