"""What a local standard says in words, beside what families read now: how, where and when, and of one's own all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portal.policies.catalogue import Catalogue
from portal.policies.conditions import SCHOOL_WORDS
from portal.policies.local_standard import EVERY_PUPIL, Proposal
from portal.policies.policy import Application, Policy, Version, Window, version_on
from portal.vocabulary import Stage


@dataclass(frozen=True)
class Worded:
    """One thing that families will read otherwise than now; ``now`` is empty where there is nothing yet."""

    label: str
    now: str
    proposed: str


def worded(catalogue: Catalogue, proposal: Proposal, division: str, version: Version) -> tuple[Worded, ...]:
    """Of a local layer over the province's policy, on the day it begins."""
    policy, day = catalogue[proposal.policy], proposal.starts
    laid = [each for _, each in catalogue.local_versions(policy.code, division, day) if each != version]
    first = version_on(policy.versions, day)
    before = [*([first] if first else []), *laid]
    now, then = policy.application_by(before), policy.application_by([*before, version])
    said_now = next((each.note for each in reversed(laid) if each.note), None)
    return changed(_applying(now, said_now), _applying(then, version.note or said_now))


def worded_own(catalogue: Catalogue, policy: Policy, before: Policy | None) -> tuple[Worded, ...]:
    """Of a policy of the place's own, its last version beside that of ``before``."""
    return changed(_whole(catalogue, before) if before else {}, _whole(catalogue, policy))


def changed(now: Mapping[str, str], proposed: Mapping[str, str]) -> tuple[Worded, ...]:
    labels = dict.fromkeys((*proposed, *now))
    pairs = ((label, now.get(label, ""), proposed.get(label, "")) for label in labels)
    return tuple(Worded(label, before, after) for label, before, after in pairs if before != after)


def window_words(windows: tuple[Window, ...]) -> str:
    """9月1日至9月20日."""
    return "；".join(
        f"{each.opens.month}月{each.opens.day}日至{each.closes.month}月{each.closes.day}日" for each in windows
    )


def _applying(application: Application, note: str | None) -> dict[str, str]:
    return {
        "怎么办": application.how,
        "在哪里": application.where,
        "什么时候": application.when,
        "每年几月几日": window_words(application.windows),
        "钱到哪里": application.payee,
        "给家长的一句话": note or "",
    }


def _whole(catalogue: Catalogue, policy: Policy) -> dict[str, str]:
    version = policy.versions[-1]
    return {
        "全名": policy.name,
        "家长看到的名称": policy.family_name,
        "一两句话说明": policy.family_words,
        "学段": "、".join(SCHOOL_WORDS[stage] for stage in Stage if stage in policy.stages),
        "给谁": "，".join(_who(catalogue, version)) or EVERY_PUPIL,
        "办理方式": (version.claim_mode or policy.claim_mode).label,
        **_applying(policy.application_by([version]), version.note),
        "到哪天为止": version.until.isoformat() if version.until else "",
    }


def _who(catalogue: Catalogue, version: Version) -> Iterator[str]:
    for need in version.who:
        yield need.words or catalogue.words_of(need.conditions, "或")
