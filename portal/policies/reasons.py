"""Why yes, why no, what is still to be asked: a policy's requirements weighed against one situation."""

from dataclasses import dataclass, replace
from functools import cache

from portal.policies.conditions import KINDS, Answer, Situation, answer
from portal.policies.policy import Condition, Policy, Requirement, Sureness, Version
from portal.vocabulary import Stage, Verdict

ASK_SCHOOL = "请向学校或县资助中心确认"
NOT_SETTLED = (Sureness.CONFLICT, Sureness.MEMORY)


@dataclass(frozen=True)
class Reasons:
    """What the answers to a policy's requirements come to."""

    verdict: Verdict
    because: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    change: tuple[str, ...] = ()


def weigh(policy: Policy, version: Version, situation: Situation) -> Reasons:
    """All requirements must hold; one that fails decides, whatever else is unknown, and the stage before all others."""
    stage = _weigh_one(_at_stage(policy.stages), situation)
    if stage.verdict is Verdict.NOT_ENTITLED:
        return stage
    weighed = [stage, *(_weigh_one(requirement, situation) for requirement in version.who)]
    failed = [reasons for reasons in weighed if reasons.verdict is Verdict.NOT_ENTITLED]
    if failed:
        return _together(Verdict.NOT_ENTITLED, failed)
    unknown = any(reasons.verdict is Verdict.UNKNOWN for reasons in weighed)
    held = _together(Verdict.UNKNOWN if unknown else Verdict.ENTITLED, weighed)
    if version.doubt is None and version.sure not in NOT_SETTLED:
        return held
    doubt = f"{version.doubt or f'这项政策的现行规定{version.sure.label}'}，{ASK_SCHOOL}"
    return replace(held, verdict=Verdict.UNKNOWN, because=(*held.because, doubt), family=(*held.family, doubt))


@cache
def _at_stage(stages: frozenset[Stage]) -> Requirement:
    return Requirement((Condition("stage", stages),))


def _weigh_one(requirement: Requirement, situation: Situation) -> Reasons:
    answers = [answer(condition, situation) for condition in requirement.conditions]
    held = [each for each in answers if each.holds]
    if held:
        return Reasons(Verdict.ENTITLED, tuple(each.fact for each in held), tuple(each.family for each in held))
    unknown = [each for each in answers if each.holds is None]
    if unknown:
        doubts = [each for each in unknown if each.doubt]
        return Reasons(
            Verdict.UNKNOWN,
            tuple(each.doubt for each in doubts),
            tuple(each.family or f"能不能享受这一项，{ASK_SCHOOL}" for each in doubts),
            tuple(each.missing for each in unknown if each.missing),
            tuple(each.ask for each in unknown if each.ask),
        )
    return _refusal(requirement, answers)


def _refusal(requirement: Requirement, answers: list[Answer]) -> Reasons:
    wants = "或".join(KINDS[each.kind].wants(each.wanted) for each in requirement.conditions)
    words = f"这项给{requirement.words or wants}的学生"
    family = f"这项给{requirement.family or requirement.words or wants}的学生"
    facts = [each.fact for each in answers if each.fact]
    family_facts = [each.family for each in answers if each.family]
    return Reasons(
        Verdict.NOT_ENTITLED,
        (_but(words, facts),),
        (_but(family, family_facts),),
        change=(requirement.change or f"如果以后{requirement.family or requirement.words or wants}，请再看这一项",),
    )


def _but(wanted: str, facts: list[str]) -> str:
    return f"{wanted}，现在{'，'.join(facts)}" if facts else wanted


def wider(province: Reasons, local: Reasons) -> Reasons:
    """A local rule may open a policy to more pupils; it never closes what the province opened."""
    if local.verdict is Verdict.ENTITLED or province.verdict is Verdict.NOT_ENTITLED:
        return local if local.verdict is not Verdict.NOT_ENTITLED else province
    return province if local.verdict is Verdict.NOT_ENTITLED else _together(Verdict.UNKNOWN, [province, local])


def _together(verdict: Verdict, parts: list[Reasons]) -> Reasons:
    return Reasons(
        verdict,
        tuple(line for part in parts for line in part.because),
        tuple(line for part in parts for line in part.family),
        tuple(field for part in parts for field in part.missing),
        tuple(line for part in parts for line in part.ask),
        tuple(line for part in parts for line in part.change),
    )


def once(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that say something, each one time, in their order."""
    return tuple(dict.fromkeys(line for line in lines if line))
