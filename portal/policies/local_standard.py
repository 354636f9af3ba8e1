"""地方标准 as proposed: read by the same code as a file, and set beside the province's value and the one in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.policies.amounts import words_of, yearly
from portal.policies.catalogue import Catalogue, check_categories, check_policy
from portal.policies.own_policy import OwnPolicy, check_words, texts_of
from portal.policies.policy import (
    Amount,
    Condition,
    Help,
    Money,
    Per,
    Policy,
    Sureness,
    Tier,
    Version,
    Waiver,
    version_on,
)
from portal.policies.reading import read_own, read_version
from portal.policies.tables import CatalogueError, Table
from portal.vocabulary import ClaimMode

EVERY_PUPIL = "全部对象"
PLACE = "地方标准"


@dataclass(frozen=True)
class Rung:
    """一档: whom it is for, what the province gives and what is in force at the place that day."""

    when: tuple[Condition, ...]
    who: str
    province: Amount | None
    now: Amount | None

    @property
    def per(self) -> Per:
        return self.province.per if isinstance(self.province, Money) else Per.YEAR

    @property
    def in_yuan(self) -> bool:
        """What is waived or given otherwise has no yuan to change."""
        return self.province is None or isinstance(self.province, Money)


@dataclass(frozen=True)
class Said:
    """What a local standard says of one rung: whole yuan, and why where that is less than the province's."""

    yuan: int | None = None
    lower_because: str = ""


@dataclass(frozen=True)
class Proposal:
    """One dated version of one policy; ``amounts`` and ``applying`` as a file has them.

    ``own``: the policy is the place's own, and this is the whole of it from that day on.
    """

    policy: str
    starts: date
    source: str
    clause: str
    checked_on: date
    amounts: tuple[Mapping[str, Any], ...] = ()
    claim_mode: ClaimMode | None = None
    note: str = ""
    applying: Mapping[str, Any] = field(default_factory=dict)
    own: OwnPolicy | None = None

    @property
    def version(self) -> dict[str, Any]:
        """As a file has it under ``[[policy.version]]``."""
        said = {"note": self.note, "claim_mode": self.claim_mode and self.claim_mode.value, "apply": self.applying}
        return {
            "from": self.starts,
            "source": self.source,
            "clause": self.clause,
            "sure": Sureness.OFFICIAL.value,  # two people of the place have the document before them
            "checked_on": self.checked_on,
            "amount": [dict(row) for row in self.amounts],
            **{key: value for key, value in said.items() if value},
        }


@dataclass(frozen=True)
class Difference:
    """A rung with what is proposed for it; ``yuan`` a year more or less than the province's."""

    rung: Rung
    proposed: Amount | None
    lower_because: str | None

    @property
    def yuan(self) -> int:
        return yearly(self.proposed) - yearly(self.rung.province)


def rungs(catalogue: Catalogue, code: str, division: str, day: date) -> tuple[Rung, ...]:
    """Every tier of the province that day; one for everybody where the province names no amount."""
    if code not in {policy.code for policy in catalogue.policies}:
        raise CatalogueError("目录里没有这项政策")
    policy = catalogue[code]
    if policy.division:
        raise CatalogueError(f"“{policy.name}”是{policy.place}自己的政策，要改就给它提一个新版本")
    version = version_on(policy.versions, day)
    if version is None:
        raise CatalogueError(f"“{policy.name}”在 {day} 没有省里的规定，请核对从哪一天起执行")
    local = [added for _, added in catalogue.local_versions(code, division, day)]
    tiers = version.tiers or (None,)
    return tuple(_rung(catalogue, tier, local) for tier in tiers)


def amounts_of(rungs: Iterable[Rung], said: Iterable[Said]) -> tuple[dict[str, Any], ...]:
    """A rung that is left as it is keeps the province's amount, or a wider one below would take its pupils."""
    pairs = list(zip(rungs, said, strict=True))
    if not any(each.yuan for _, each in pairs):
        return ()
    rows = [(rung, _amount_row(rung, each)) for rung, each in pairs]
    return tuple({"when": _when_row(rung.when), **row} for rung, row in rows if row)


def read_proposal(proposal: Proposal, catalogue: Catalogue) -> Version:
    """Raise CatalogueError in a sentence: no source, no date, no such policy, an amount that is none."""
    table = Table(proposal.version, PLACE)
    version = read_version(table, catalogue.groups)
    table.close()
    check_categories(PLACE, (version,), catalogue.categories)
    check_words((proposal.note, *texts_of(proposal.applying)))
    return version


def read_own_policy(proposals: Sequence[Proposal], division: str, place: str, catalogue: Catalogue) -> Policy:
    """The place's own policy with its versions, the earliest first; its words are those of the latest.

    Raise CatalogueError in a sentence.
    """
    latest = proposals[-1]
    if latest.own is None:
        raise CatalogueError(f"{PLACE}：没有写是什么政策")
    if latest.claim_mode is None:
        raise CatalogueError(f"{PLACE}：请写办理方式")
    versions = [proposal.own.version(proposal.version) for proposal in proposals if proposal.own]
    table = Table(latest.own.table(latest.claim_mode.value, latest.applying, versions), PLACE)
    policy = read_own(table, division, place, catalogue.groups)
    check_policy(policy, catalogue.categories, {policy.code})
    check_words((policy.family_name, policy.family_words, latest.note, *texts_of(latest.applying)))
    return policy


def differences(catalogue: Catalogue, code: str, division: str, version: Version) -> tuple[Difference, ...]:
    """Rung by rung on the day the version begins."""
    return tuple(_difference(rung, version) for rung in rungs(catalogue, code, division, version.starts))


def own_differences(catalogue: Catalogue, version: Version, before: Version | None) -> tuple[Difference, ...]:
    """Tier by tier beside its version of before; the province has none."""
    return tuple(
        Difference(
            Rung(tier.when, catalogue.words_of(tier.when) or EVERY_PUPIL, None, fit.amount if fit else None),
            tier.amount,
            tier.lower_because,
        )
        for tier in version.tiers
        for fit in [_fitting(tier.when, before) if before else None]
    )


def refuse_silent_lowering(shown: Iterable[Difference]) -> None:
    """Raise CatalogueError where less than the province's is proposed without saying why (N4-5)."""
    for each in shown:
        if each.yuan < 0 and not each.lower_because:
            raise CatalogueError(
                f"{each.rung.who}：{words_of(each.proposed)}低于省里的{words_of(each.rung.province)}。"
                "请写明依据文件哪一条可以低于省里，或改成不低于省里的数"
            )


def _rung(catalogue: Catalogue, tier: Tier | None, local: list[Version]) -> Rung:
    when, province = (tier.when, tier.amount) if tier else ((), None)
    now = province
    for version in local:
        fit = _fitting(when, version)
        if fit and not isinstance(now, Waiver) and (yearly(fit.amount) >= yearly(now) or fit.lower_because):
            now = fit.amount
    return Rung(when, catalogue.words_of(when) or EVERY_PUPIL, province, now)


def _difference(rung: Rung, version: Version) -> Difference:
    fit = _fitting(rung.when, version)
    return Difference(rung, fit.amount, fit.lower_because) if fit else Difference(rung, rung.province, None)


def _fitting(when: tuple[Condition, ...], version: Version) -> Tier | None:
    """The first tier that everybody of this rung falls into."""
    return next((tier for tier in version.tiers if all(_holds(each, when) for each in tier.when)), None)


def _holds(wanted: Condition, when: tuple[Condition, ...]) -> bool:
    return any(each.kind == wanted.kind and _within(each, wanted) for each in when)


def _within(each: Condition, wanted: Condition) -> bool:
    if isinstance(each.wanted, bool) or isinstance(wanted.wanted, bool):
        return each.wanted == wanted.wanted
    return set(each.wanted) <= set(wanted.wanted)


def _amount_row(rung: Rung, said: Said) -> dict[str, Any]:
    if said.yuan:
        lower = {"lower_because": said.lower_because} if said.lower_because else {}
        return {"typical": said.yuan, "per": rung.per.value, **lower}
    if isinstance(rung.province, Waiver):
        return {"waives": rung.province.what.value}
    if isinstance(rung.province, Help):
        return {"help": rung.province.words}
    if rung.province is None:
        return {}
    span = {"from": rung.province.low, "to": rung.province.high, "typical": rung.province.typical}
    return {"per": rung.per.value} | {key: yuan for key, yuan in span.items() if yuan is not None}


def _when_row(when: tuple[Condition, ...]) -> dict[str, Any]:
    return {each.kind: each.wanted if isinstance(each.wanted, bool) else sorted(each.wanted) for each in when}
