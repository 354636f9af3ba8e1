"""信息比对 itself: judge each pair by the table, then all of them together for numbers that two people share."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from portal.matching.agreement import Agreement, Sharing, compare
from portal.matching.people import Pair, RowId, Via
from portal.matching.rules import STRENGTH, Rule, rule_for
from portal.vocabulary import Basis, Decision, Labelled


@dataclass(frozen=True, slots=True)
class Match:
    """A pupil and a register entry that a rule holds together; both rows by the ids the caller gave."""

    roster_id: RowId
    register_id: RowId
    agreement: Agreement
    rule: Rule

    @property
    def decision(self) -> Decision:
        """结论."""
        return self.rule.decision

    @property
    def because(self) -> str:
        """The rule's sentence for officers; ``rule.family`` is the one for families."""
        return self.rule.officer

    @property
    def basis(self) -> Basis:
        """依据: 本人, 监护人 or 同户."""
        return self.agreement.via.basis

    @property
    def evidence(self) -> tuple[Labelled, ...]:
        """What agreed and what did not, as of the day of judging."""
        return self.agreement.evidence


def judge(pair: Pair, day: date) -> Match | None:
    """Judge one pair as of ``day``, the first day of the term; final only after ``settle_conflicts``."""
    return _match(pair.roster.id, pair.register.id, compare(pair, day))


def settle_conflicts(matches: Iterable[Match]) -> list[Match]:
    """Take certainty from numbers that stand for two names, and leave the strongest match of a pupil and an entry.

    It must be given every match of a number at once, of all schools and all registers of the run, else a double hit
    stays unseen.
    """
    seen = list(matches)
    spoilt = [match for match in seen if match.agreement.contradicts]
    entries = {match.register_id for match in spoilt if match.agreement.via is Via.SELF}
    pupils = {(match.roster_id, match.agreement.via) for match in spoilt}
    rows = {(match.roster_id, match.register_id) for match in spoilt}
    strongest: dict[tuple[RowId, RowId], Match] = {}
    for match in seen:
        settled = _settle(match, entries, pupils, rows)
        key = (settled.roster_id, settled.register_id)
        if key not in strongest or _place(settled) < _place(strongest[key]):
            strongest[key] = settled
    return list(strongest.values())


def match(pairs: Iterable[Pair], day: date) -> list[Match]:
    """Judge and settle in one go, for callers who hold all pairs in memory."""
    return settle_conflicts(found for pair in pairs if (found := judge(pair, day)))


def _settle(match: Match, entries: set[RowId], pupils: set[tuple[RowId, Via]], rows: set[tuple[RowId, RowId]]) -> Match:
    """``rows`` are pairs in which the pupil, or a guardian beside the pupil, has the number under another name."""
    if match.agreement.sharing is not Sharing.NONE:
        return match
    sharing = Sharing.NONE
    contested = match.register_id in entries or (match.roster_id, match.register_id) in rows
    if match.agreement.via is Via.SELF and contested:
        sharing = Sharing.IN_ROSTER
    elif (match.roster_id, match.agreement.via) in pupils:
        sharing = Sharing.IN_REGISTER
    settled = _match(match.roster_id, match.register_id, replace(match.agreement, sharing=sharing))
    return settled or match


def _match(roster_id: RowId, register_id: RowId, agreement: Agreement) -> Match | None:
    rule = rule_for(agreement)
    return Match(roster_id, register_id, agreement, rule) if rule else None


def _place(match: Match) -> tuple[int, str]:
    return STRENGTH[match.rule.code], match.agreement.via
