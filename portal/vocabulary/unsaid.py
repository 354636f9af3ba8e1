"""Words that are never said to a family: what brands a child on a phone others see, what asks to prove something."""

import re

CALMING = re.compile(r"不用再?(?:交证明|交材料|盖章)|不需要证明|不交钱|不用交钱|不会要验证码")
"""Said to calm, so allowed although it names what is forbidden to ask."""
CATEGORY = re.compile(r"低保|残疾|残联|孤儿|特困|脱贫|扶贫|救助|建档立卡|五保|事实无人抚养|烈士|返贫|致贫|突发")
POVERTY = re.compile(r"贫困|困难|穷|贫")
PROOF = re.compile(r"证明|证书|复印件|盖章|公章|材料|上传|证原件|[保残]证")

_BRING, _THING = "(?:交|补|提供|带|出示|上传|寄|开具)", "(?:证明|材料|证书|低保证|残疾?证|复印件|盖章|公章)"
_ASK = "(?<![不无])(?:请|需要?|须|必须)[^，。；不别勿]{0,4}"
ASKING = re.compile(
    f"{_ASK}(?:{_BRING}[^，。；不]{{0,8}}{_THING}|盖章)|[把将][^，。；不]{{0,6}}{_THING}[^，。；不]{{0,4}}(?:[交带送寄拿发])"
)
"""How somebody is asked to bring it, where the words may also tell that nobody has to."""


def asks_to_bring(text: str) -> bool:
    return ASKING.search(CALMING.sub("", text)) is not None
