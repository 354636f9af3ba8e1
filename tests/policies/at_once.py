"""Pupils judged together, and laid beside each other again."""

from collections.abc import Sequence
from datetime import date

from portal.policies.asked import Pupils, answer, questions_to
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import Finding


def judged_at_once(catalogue: Catalogue, pupils: Sequence[Circumstances], day: date) -> list[tuple[Finding, ...]]:
    """``pupils`` are all of one stage."""
    stage = pupils[0].stage
    columns = {fact: [getattr(pupil, fact) for pupil in pupils] for fact in vars(pupils[0])}
    asked = [answer(each, Pupils(stage, columns, len(pupils)), day) for each in questions_to(stage, catalogue)]
    return [
        tuple(finding for each in asked for finding in each.findings[each.which[place]]) for place in range(len(pupils))
    ]
