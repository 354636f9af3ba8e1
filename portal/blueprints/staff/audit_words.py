"""What an entry of the 操作日志 tells beside who, when and whom, in words; a code that has none is not shown."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from portal.blueprints.staff.purposes import EXPORT_FOR, REVEAL_FOR, SETTLE_FOR
from portal.clock import SchoolTerm
from portal.coverage.acts import ACTS
from portal.coverage.contacts import ANSWERS, DENIED, DENIED_LABEL
from portal.coverage.reasons import REASONS
from portal.coverage.templates import TEMPLATES
from portal.vocabulary import (
    Answer,
    BureauAnswer,
    Channel,
    IntakeKind,
    Labelled,
    Operator,
    QuestionTopic,
    Role,
    UnitLevel,
)


def _labels(*lists: type[Labelled]) -> dict[str, str]:
    return {member.value: member.label for members in lists for member in members}


PURPOSES = {code: words for code, words, *_ in [*REVEAL_FOR, *SETTLE_FOR, *EXPORT_FOR] if code}
TEMPLATE_NAMES = {template.code: f"{template.system} · {template.label}" for template in TEMPLATES.values()}
LISTS = {"matched": "比对名单", "problems": "有问题的行", "budget": "预算", "statistics": "统计"}
WHY_NOT = {
    "too many tries": "试的次数太多", "no such slip and date": "告知单号码和生日不符", "no such code": "登录码不对",
    "no such binding": "微信没有绑定",
}  # fmt: skip
WHAT = {
    "phone": "监护人电话", "phone-1": "监护人电话", "phone-2": "监护人电话", "number": "证件号", "slip": "告知单号码",
    "pair": "两边的完整记录", "question": "名单上的完整记录",
}  # fmt: skip
CODES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    # key of the detail: how it is called, and its codes in words
    "about": ("事项", {}),
    "account": ("账号", {}),
    "act": ("办理", {code: act.label for code, act in ACTS.items()}),
    "answer": ("回答", {
        **_labels(Answer), **{code: answer.label for code, answer in ANSWERS.items()}, DENIED: DENIED_LABEL,
    }),
    "because": ("原因", WHY_NOT),
    "certain": ("已匹配", {}),
    "channel": ("渠道", _labels(Channel)),
    "classes": ("班级数", {}),
    "day": ("日期", {}),
    "dropped": ("未读列", {}),
    "filed": ("备案", {}),
    "household": ("家庭在册", {}),
    "in_school": ("在校", {}),
    "kept": ("导入", {}),
    "kind": ("种类", _labels(IntakeKind)),
    "level": ("单位级别", _labels(UnitLevel)),
    "list": ("名单", LISTS | TEMPLATE_NAMES),
    "messages": ("消息", {}),
    "numbers": ("号码", {"masked": "脱敏", "plain": "完整"}),
    "of_family": ("家长本人", {}),
    "operator": ("运营商", _labels(Operator)),
    "possible": ("疑似", {}),
    "problems": ("问题", {}),
    "pupils": ("学生", {}),
    "purpose": ("用途", PURPOSES),
    "reached": ("联系上", {}),
    "reason": ("原因", {code: reason.label for code, reason in REASONS.items()}),
    "repaired": ("修正", {}),
    "role": ("角色", _labels(Role)),
    "rows": ("行数", {}),
    "signature": ("签名", {}),
    "slips": ("张数", {}),
    "template": ("表", TEMPLATE_NAMES),
    "topic": ("问了", _labels(QuestionTopic)),
    "unmatched": ("未匹配", {}),
    "wants_aid": ("需要资助", {}),
    "what": ("看了", WHAT),
    "why": ("理由", {}),
    "year": ("学年", {}),
}  # fmt: skip
SAID_THERE = {("bureau_answered", "answer"): _labels(BureauAnswer)}
"""Codes that mean something else in one kind of entry."""
TERM = re.compile(r"\d{4}-(?:autumn|spring)")
RAW = re.compile(r"[a-z]{2,}[_.-]?[a-z]*")
"""A code that nobody put into words; accounts are names of their own."""


def detail_words(action: str, detail: Mapping[str, Any]) -> str:
    return "，".join(_said(action, detail))


def _said(action: str, detail: Mapping[str, Any]) -> Iterable[str]:
    for key, value in detail.items():
        if TERM.fullmatch(str(value)):
            yield SchoolTerm.parse(str(value)).label
        elif key in CODES:
            label, words = CODES[key]
            words = SAID_THERE.get((action, key), words)
            said = {True: "是", False: "否"}[value] if isinstance(value, bool) else words.get(str(value), str(value))
            if key == "account" or not RAW.search(said):
                yield f"{label} {said}"
