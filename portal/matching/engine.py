"""信息比对 itself: judge each pair by the table, then all of them together for what one pair cannot show."""

from collections import Counter, defaultdict
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
    """Judge one pair as of ``day``, the first day of the term; final only after ``settle``."""
    return _match(pair.roster.id, pair.register.id, compare(pair, day))


def settle(matches: Iterable[Match]) -> list[Match]:
    """What all pairs together leave standing: numbers of two people are not certain, the likeliest of a doubt is kept.

    It must be given every match of a number and of an entry at once, of all schools and all registers of the run, else
    a double hit stays unseen.
    """
    return leave_the_likely(settle_conflicts(matches))


def settle_conflicts(matches: Iterable[Match]) -> list[Match]:
    """Take certainty from numbers that stand for two people, and leave the strongest match of a pupil and an entry."""
    seen = list(matches)
    spoilt = [match for match in seen if match.agreement.contradicts]
    entries = {match.register_id for match in spoilt if match.agreement.via is Via.SELF}
    pupils = {(match.roster_id, match.agreement.via) for match in spoilt}
    rows = {(match.roster_id, match.register_id) for match in spoilt}
    own = {(match.roster_id, match.register_id) for match in seen if _is_the_pupil(match)}
    twice = {entry for entry, times in Counter(entry for _, entry in own).items() if times > 1}
    strongest: dict[tuple[RowId, RowId], Match] = {}
    for match in seen:
        settled = _settle(match, entries, pupils, rows, twice)
        key = (settled.roster_id, settled.register_id)
        if key not in strongest or _place(settled) < _place(strongest[key]):
            strongest[key] = settled
    return list(strongest.values())


def leave_the_likely(matches: Iterable[Match]) -> list[Match]:
    """An entry is one person: who has its number and name, or else only those whom the strongest rule brings.

    An equal number under another name altogether stays unless the entry is known to be a brother or sister under it; a
    ``lone`` rule holds only where nobody else comes near. A pupil whose number and name are listed has that number,
    however much it looks cut.
    """
    every = list(matches)
    listed = {match.roster_id for match in every if _is_the_pupil(match)}
    seen = [match for match in every if not (match.agreement.ours_cut and match.roster_id in listed)]
    known = {match.register_id for match in seen if _is_the_pupil(match)}
    explained = {match.register_id for match in seen if match.agreement.explains}
    best: defaultdict[RowId, int] = defaultdict(lambda: len(STRENGTH))
    for match in seen:
        if match.rule.weak:
            best[match.register_id] = min(best[match.register_id], STRENGTH[match.rule.code])
    alone = [match for match in seen if match.rule.lone]
    pupils = Counter(match.roster_id for match in alone)
    entries = Counter(match.register_id for match in alone)

    def likely(match: Match) -> bool:
        if not match.rule.weak:
            return not (match.agreement.number_alone and match.register_id in explained)
        if match.register_id in known or STRENGTH[match.rule.code] > best[match.register_id]:
            return False
        return not match.rule.lone or pupils[match.roster_id] == entries[match.register_id] == 1

    return [match for match in seen if likely(match)]


def _is_the_pupil(match: Match) -> bool:
    return match.agreement.via is Via.SELF and match.agreement.agrees


def _settle(
    match: Match,
    entries: set[RowId],
    pupils: set[tuple[RowId, Via]],
    rows: set[tuple[RowId, RowId]],
    twice: set[RowId],
) -> Match:
    """``rows`` are pairs in which the pupil, or a guardian beside the pupil, has the number under another name."""
    if match.agreement.sharing is not Sharing.NONE:
        return match
    sharing = Sharing.NONE
    contested = match.register_id in entries or (match.roster_id, match.register_id) in rows
    if match.agreement.via is Via.SELF and contested:
        sharing = Sharing.IN_ROSTER
    elif (match.roster_id, match.agreement.via) in pupils:
        sharing = Sharing.IN_REGISTER
    elif match.register_id in twice and _is_the_pupil(match):
        sharing = Sharing.TWICE_IN_ROSTER
    settled = _match(match.roster_id, match.register_id, replace(match.agreement, sharing=sharing))
    return settled or match


def _match(roster_id: RowId, register_id: RowId, agreement: Agreement) -> Match | None:
    rule = rule_for(agreement)
    return Match(roster_id, register_id, agreement, rule) if rule else None


def _place(match: Match) -> tuple[int, str]:
    return STRENGTH[match.rule.code], match.agreement.via
