"""查一查: the questions in their order, each with the facts an answer gives; what is not needed is not asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from portal.blueprints.families.answers import Answers
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import UNDETERMINED, Circumstances
from portal.policies.conditions import SCHOOL_WORDS, grade_words
from portal.policies.evaluation import Finding, evaluate
from portal.policies.policy import Gives
from portal.vocabulary import Determination, SchoolOwnership, Stage, Verdict

UNCLEAR = "unclear"
STAGE, HOME = "stage", "home"


@dataclass(frozen=True)
class Option:
    """``facts`` are fields of Circumstances; ``listed`` the category codes that the answer stands for."""

    code: str
    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Question:
    """``asks`` are names of missing fields as the evaluation gives them; a question that settles none is left out.

    It is put to families of its ``stages`` alone.
    """

    code: str
    words: str
    asks: frozenset[str]
    options: tuple[Option, ...]
    hint: str = ""
    many: bool = False
    stages: frozenset[Stage] = frozenset(Stage)


def _listed(code: str, words: str, category: str) -> Option:
    return Option(code, words, listed=frozenset({category}))


UNSURE = Option(UNCLEAR, "不清楚")
HARDSHIP = Option("hardship", "家里有难处（生病、受灾、欠债等），还没上名单")

QUESTIONS = (
    Question(STAGE, "孩子现在读什么？", frozenset({"stage"}), ()),
    Question(
        "school", "孩子读的是哪一种？", frozenset({"school.full_time", "agriculture_major", "school.ownership"}),
        (
            Option("full", "全日制", {"full_time": True, "agriculture_major": False}),
            Option("full-farm", "全日制，学农、林、牧、渔、水利", {"full_time": True, "agriculture_major": True}),
            Option("part-farm", "非全日制，学农、林、牧、渔、水利", {"full_time": False, "agriculture_major": True}),
            Option("part", "非全日制，学别的", {"full_time": False, "agriculture_major": False}),
            UNSURE,
        ),
        stages=frozenset({Stage.VOCATIONAL}),
    ),
    Question(
        "kindergarten", "孩子上的是哪一种幼儿园？", frozenset({"school.ownership", "school.inclusive"}),
        (
            Option("public", "公办", {"ownership": SchoolOwnership.PUBLIC}),
            Option("inclusive", "民办，普惠性的", {"ownership": SchoolOwnership.PRIVATE, "inclusive": True}),
            Option("private", "民办，不是普惠性的", {"ownership": SchoolOwnership.PRIVATE, "inclusive": False}),
            UNSURE,
        ),
        stages=frozenset({Stage.PRESCHOOL}),
    ),
    Question(
        "class", "孩子读哪个班？", frozenset({"grade"}),
        (*(Option(str(grade), words, {"grade": grade}) for grade, words in ((3, "大班"), (2, "中班"), (1, "小班"))),
         UNSURE),
        stages=frozenset({Stage.PRESCHOOL}),
    ),
    Question(
        "grade", "孩子读几年级？", frozenset({"grade"}),
        (*(Option(str(grade), grade_words(grade), {"grade": grade}) for grade in (1, 2, 3)),
         Option("4", "四年级或以上", {"grade": 4}), UNSURE),
        stages=frozenset(Stage) - {Stage.PRESCHOOL},
    ),
    Question(
        HOME, "下面哪些说的是您家？", frozenset({"categories", "determination", "disabled"}),
        (
            _listed("dibao", "家里吃低保", "DIBAO"),
            _listed("dibao-edge", "低保边缘", "DIBAO_EDGE"),
            _listed("tekun", "特困供养", "TEKUN"),
            _listed("tp", "脱贫户，或防返贫监测户", "TP"),
            _listed("jdlk", "以前的建档立卡户", "JS_JDLK"),
            _listed("orphan", "孩子是孤儿", "ORPHAN"),
            _listed("defacto", "父母都没法抚养孩子", "DEFACTO"),
            _listed("disabled", "孩子有残疾证", "DIS"),
            _listed("disabled-parent", "父母有残疾证", "DIS_PARENT"),
            _listed("honoured", "烈士、优抚、因公牺牲警察的子女", "ENTITLED"),
            _listed("union", "工会帮扶的职工家庭", "WORKER"),
            Option("determined", "学校已经认定过孩子", {"determination": Determination.GENERAL}),
            HARDSHIP,
        ),
        hint="可以选几项；都不是，直接点“下一步”", many=True,
    ),
    Question(
        "boarding", "孩子住校吗？", frozenset({"boarding"}),
        (Option("no", "不住校", {"boarding": False}), Option("yes", "住校", {"boarding": True}), UNSURE),
    ),
)  # fmt: skip


@lru_cache(maxsize=64)
def question_of(code: str, catalogue: Catalogue) -> Question | None:
    """Of the stages only those are offered that some policy is for."""
    found = next((question for question in QUESTIONS if question.code == code), None)
    if found is None or found.code != STAGE:
        return found
    stages = {stage for policy in catalogue.policies for stage in policy.stages}
    return replace(
        found,
        options=tuple(Option(stage.value, SCHOOL_WORDS[stage], {"stage": stage}) for stage in Stage if stage in stages),
    )


@dataclass(frozen=True)
class Walk:
    """The answers that still count, in the order asked, and the question that comes next, if any."""

    answers: Answers
    ahead: Question | None

    def before(self, code: str) -> Answers:
        """Those given before this question; all of them where it was not reached yet."""
        codes = list(self.answers)
        return {earlier: self.answers[earlier] for earlier in (codes[: codes.index(code)] if code in codes else codes)}


def walk(answers: Answers, catalogue: Catalogue, day: date) -> Walk:
    """From the first question on, as far as the answers lead; an answer to what is no longer asked does not count."""
    counted: dict[str, tuple[str, ...]] = {}
    while (ahead := next_question(counted, catalogue, day)) and ahead.code in answers:
        counted[ahead.code] = answers[ahead.code]
    return Walk(counted, ahead)


def next_question(answers: Answers, catalogue: Catalogue, day: date) -> Question | None:
    """The first not yet answered on which some policy still depends; None when nothing is left to ask.

    A policy that waits for something no question asks is settled by none.
    """
    if STAGE not in answers:
        return question_of(STAGE, catalogue)
    put = [each for each in QUESTIONS if answers[STAGE][0] in each.stages]
    askable = frozenset().union(*(question.asks for question in put))
    missing = {
        name
        for finding in findings(answers, catalogue, day)
        if finding.verdict is Verdict.UNKNOWN and askable.issuperset(finding.missing)
        for name in finding.missing
    }
    return next((each for each in put if each.code not in answers and each.asks & missing), None)


def circumstances(answers: Answers, catalogue: Catalogue) -> Circumstances:
    """What the answers say; whatever was not asked or is unclear stays unknown."""
    facts: dict[str, Any] = {}
    for code, choice in answers.items():
        question = question_of(code, catalogue)
        chosen = [option for option in question.options if option.code in choice] if question else []
        if code == HOME and UNCLEAR not in choice:
            facts |= _at_home(chosen)
        for option in chosen:
            facts |= option.facts
    return Circumstances(**facts)


def _at_home(chosen: list[Option]) -> dict[str, Any]:
    """Nothing chosen is a no; a hardship on no list leaves open what the school will say."""
    listed = frozenset().union(*(option.listed for option in chosen))
    determination = None if chosen else UNDETERMINED
    return {"categories": listed, "disabled": "DIS" in listed, "determination": determination}


def findings(answers: Answers, catalogue: Catalogue, day: date) -> tuple[Finding, ...]:
    return findings_on(catalogue, circumstances(answers, catalogue), day)


@lru_cache(maxsize=1024)
def findings_on(catalogue: Catalogue, known: Circumstances, day: date) -> tuple[Finding, ...]:
    """For the pupil's own stage alone; what is given to the chosen or here and there is told only where it is sure."""
    return tuple(
        finding
        for finding in evaluate(catalogue, known, day)
        if (known.stage is None or known.stage in catalogue[finding.policy].stages)
        and (finding.gives in (Gives.AID, Gives.LOAN) or finding.verdict is Verdict.ENTITLED)
    )
