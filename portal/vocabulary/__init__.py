"""The closed lists of the domain, each member with its label in Chinese.

What the law may change (policies, hardship categories) is data, not a list here.
"""

from portal.vocabulary.aid import ClaimMode, Determination, DeterminationRoute, EntitlementState, OverlayState, Verdict
from portal.vocabulary.intake import IntakeKind, IntakeState, RegisterPurpose
from portal.vocabulary.labelled import Labelled
from portal.vocabulary.matching import AdditionState, Answer, Basis, BureauAnswer, Decision, FoundBy, MatchingState
from portal.vocabulary.offices import Role, UnitLevel
from portal.vocabulary.outreach import (
    Audience,
    CampaignState,
    Channel,
    ContactTaskKind,
    MessageState,
    Operator,
    QuestionTopic,
    ReplyKind,
    Undelivered,
)
from portal.vocabulary.schooling import Boarding, MoveEnd, MoveKind, SchoolOwnership, Sex, Stage, Term

__all__ = [
    "AdditionState",
    "Answer",
    "Audience",
    "Basis",
    "Boarding",
    "BureauAnswer",
    "CampaignState",
    "Channel",
    "ClaimMode",
    "ContactTaskKind",
    "Decision",
    "Determination",
    "DeterminationRoute",
    "EntitlementState",
    "FoundBy",
    "IntakeKind",
    "IntakeState",
    "Labelled",
    "MatchingState",
    "MessageState",
    "MoveEnd",
    "MoveKind",
    "Operator",
    "OverlayState",
    "QuestionTopic",
    "RegisterPurpose",
    "ReplyKind",
    "Role",
    "SchoolOwnership",
    "Sex",
    "Stage",
    "Term",
    "Undelivered",
    "UnitLevel",
    "Verdict",
]
