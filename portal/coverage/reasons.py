"""未资助原因: the managed list. Free text alone is no reason, and 材料不全 is none at all (N3-7, N3-14)."""

import re
from dataclasses import dataclass
from datetime import date

from portal.enrolment.waivers import APART
from portal.vocabulary import UnitLevel
from portal.vocabulary.unsaid import asks_to_bring

SCHOOL = frozenset({UnitLevel.SCHOOL})
ABOVE = frozenset({UnitLevel.COUNTY, UnitLevel.CITY, UnitLevel.PROVINCE})
ALL = SCHOOL | ABOVE
NOBODY: frozenset[UnitLevel] = frozenset()

CLAUSE = "苏教助函〔2020〕8号 三（一）"


class ReasonRefused(ValueError):
    """One sentence: why this reason is not taken, and what to do instead."""


@dataclass(frozen=True)
class Reason:
    """``closed_by`` may close a row with it; from anybody else in ``given_by`` it waits for the unit above to agree."""

    code: str
    label: str
    given_by: frozenset[UnitLevel] = ALL
    closed_by: frozenset[UnitLevel] = NOBODY
    needs_words: bool = False
    needs_due: bool = False
    at_school: bool = False
    """While it stands, the row stays the school's work, whoever gave it."""
    step: str = ""
    """What is to be done while the row stays open."""
    days: int = 10
    """Working days for it, unless a date is given."""
    refusal: str = ""
    """Said to those who may not give it."""

    @property
    def final(self) -> bool:
        """可以结束一行台账."""
        return bool(self.closed_by)


AGREE = "核对学校填写的原因，同意或退回"

REASONS = {
    reason.code: reason
    for reason in (
        Reason("R01", "不在本校就读（转出）", step="查明转入学校，由转入学校接收"),
        Reason("R02", "休学、保留学籍", closed_by=ABOVE, step=AGREE),
        Reason("R03", "已毕业、结业", closed_by=ABOVE, step=AGREE),
        Reason("R04", "退学、失学", step="核查劝返情况，义务教育阶段当天报县"),
        Reason("R05", "参军入伍", closed_by=ABOVE, step=AGREE),
        Reason("R06", "死亡", closed_by=ABOVE, step=AGREE),
        Reason("R07", "出国（境）", closed_by=ABOVE, step=AGREE),
        Reason(
            "R08", "家长或本人自愿放弃", given_by=NOBODY,
            refusal=f"自愿放弃只能由家长自己说，隔{APART.days}天再确认一次，学校和县都不能代填；请联系家长，由家长在门户上回答",
        ),
        Reason("R09", "还没有申请（待联系）", at_school=True, step="联系家长，协助办理申请"),
        Reason("R10", "信息有误、比对误报", closed_by=ABOVE, needs_words=True, step=AGREE),
        Reason("R11", "不符合该项目条件", closed_by=ABOVE, needs_words=True, step=AGREE),
        Reason("R12", "已享受同类资助，不重复", closed_by=ABOVE, needs_words=True, step=AGREE),
        Reason("R13", "困难类型已退出", closed_by=ABOVE, step=AGREE),
        Reason("R14", "名额或评审未获", at_school=True, step="安排校内资助或其他项目", days=20),
        Reason("R15", "纪律处分或材料不实取消", closed_by=ABOVE, needs_words=True, step=AGREE),
        Reason("R16", "手续、发放中（待补发）", needs_due=True, step="办完手续并发放到账"),
        Reason("R99", "其他（须说明）", closed_by=ABOVE, needs_words=True, step=AGREE),
    )
}  # fmt: skip

_ASKS_FOR_PROOF = re.compile(
    r"材料(不全|不齐|未交|没交|缺)|(缺|没交|未交|没有(?!人)|补(?!助|贴|发|录))[^，。；]{0,6}(证明|材料|低保证|残疾证|盖章|复印件)"
)
LONGEST = 120
FURTHEST_DAYS = 180
"""A due date further off than a term is no due date."""


def asks_for_proof(words: str) -> bool:
    """材料不全 and its kin, in whatever words; no reason for anything (N3-7)."""
    return _ASKS_FOR_PROOF.search(words) is not None or asks_to_bring(words)


def choices(level: UnitLevel) -> tuple[Reason, ...]:
    """What a form offers somebody at this level."""
    return tuple(reason for reason in REASONS.values() if level in reason.given_by)


def label_of(code: str | None) -> str:
    return REASONS[code].label if code in REASONS else ""


def check(code: str, words: str, level: UnitLevel, due: date | None, today: date) -> Reason:
    """The reason, when somebody at this level may give it in this way; raise ReasonRefused otherwise."""
    if asks_for_proof(f"{code} {words}"):
        raise ReasonRefused(
            f"“材料不全”不能作为未资助原因：比对出的学生不得再要求佐证材料（{CLAUSE}）。请从列表里选真实的原因"
        )
    reason = REASONS.get(code)
    if reason is None:
        raise ReasonRefused("请从列表里选一个原因；只写文字不算原因")
    if level not in reason.given_by:
        raise ReasonRefused(reason.refusal or f"“{reason.label}”不能由{level.label}填写")
    if reason.needs_words and not words.strip():
        raise ReasonRefused(f"选“{reason.label}”时请用一句话说明情况")
    if len(words) > LONGEST:
        raise ReasonRefused(f"说明请不超过{LONGEST}个字")
    if reason.needs_due and due is None:
        raise ReasonRefused(f"选“{reason.label}”时请填写预计办完的日期")
    if due is not None and not 0 <= (due - today).days <= FURTHEST_DAYS:
        raise ReasonRefused("预计日期要在今天以后、半年以内，请改一下日期")
    return reason
