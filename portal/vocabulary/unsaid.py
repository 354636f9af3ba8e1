"""Words that are never said to a family: what brands a child on a phone others see, what asks to prove something."""

import re

CALMING = re.compile(r"不用再?(?:交证明|交材料|盖章)|不需要证明|不交钱|不用交钱|不会要验证码")
"""Said to calm, so allowed although it names what is forbidden to ask."""
CATEGORY = re.compile(r"低保|残疾|残联|孤儿|特困|脱贫|扶贫|救助|建档立卡|五保|事实无人抚养|烈士|返贫|致贫|突发")
POVERTY = re.compile(r"贫困|困难|穷|贫")
PROOF = re.compile(r"证明|证书|复印件|户口[本簿]|盖章|公章|材料|上传|证原件|[保残]证")

_OFFICE = "(?:民政|残联|财政|教育|局|部门|校长|学校|我校|[县市省]|中心|领导|会计|老师|班主任)"
_ERRAND = "(?:村|社区|居委|街道|[镇乡]|派出所)"
"""Where families are sent for a paper or a stamp."""
_GOING = f"(?:[去找]|(?:^|[请您要])到).{{0,3}}{_OFFICE}"
_THING = "(?:证明|材料|证书|证件|原件|复印件|户口[本簿]|身份证(?!号)|低保证|残疾?证|公章)(?!的)"
_BRING = (
    "(?:交(?!流|通|谈)|补(?!助|贴|发|录)|附|准备|提供|带|拿|凭|出示|上传|寄|出具|(?<![打公召])开(?!学|始|展|户|会))"
)
_STAMP = "盖[个好]?章"
_ASK = "(?:[请须需]|别忘|麻烦|建议|希望|(?:^|[还您就都也]|家长|一定)要)"

ASKING = tuple(
    re.compile(pattern)
    for pattern in (
        f"{_ASK}.{{0,12}}?(?:{_BRING}[^领]{{0,8}}?{_THING}|{_STAMP})",  # 请您带残疾证来学校
        f"^[再就只先]?{_BRING}.{{0,6}}{_THING}",  # 带户口本就行
        f"^(?!.*如)(?:.*(?:需要?|要有|必须有)|要).{{0,4}}{_THING}",  # 还需要身份证复印件
        f"[到去找]{_ERRAND}.{{0,6}}(?:开.{{0,4}}证明|{_STAMP})",  # 到社区开个证明
        f"{_THING}.{{0,4}}(?:[交带送寄拿补传][过上]?(?:[来给到至]|一下)|发(?:过来|给)|给.{{0,3}}看|拍照)",  # 低保证拿来
        f"{_THING}请.{{0,4}}[交带送寄补]",  # 材料请尽快交
        f"(?:[缺差少]|补(?!助|贴|发|录)|[没未][交带]).{{0,6}}{_THING}|材料(?:不全|不齐|[未没]交|缺)",  # 您还缺低保证
        f"(?:不交|没有).{{0,6}}{_THING}.{{0,4}}(?:不能|不行|办不了|无法)",  # 没有低保证办不了
    )
)
"""How somebody is asked to bring it, in one clause."""
INNOCENT = tuple(
    re.compile(pattern)
    for pattern in (
        "(?:不[用要必需得该应再会准许]|无[需须]|别(?!的|忘)|勿|没有?人|免交)(?!忘)",  # 不需要您交任何材料
        "有人|谁|不对|违规|纠正|取消",  # 有人要您交证明的，请告诉我们
        "(?:身份证|户口[本簿])(?!复印).*(?:银行|社保卡)",  # 请带身份证到银行激活社保卡
    )
)
"""Nobody has to, it was wrong to ask, or it is the bank that wants to see it."""
OFFICE_ACTS = tuple(
    re.compile(pattern)
    for pattern in (
        f"(?:已|曾|正在)(?!.*(?:请(?!.{{0,3}}(?:{_OFFICE}|{_ERRAND}))|须|需|麻烦))",  # 已按您的要求把有关材料寄回
        f"(?:[里会将再]|我们|{_OFFICE})请.{{0,2}}(?:{_OFFICE}|{_ERRAND})",  # 县里请社区开具证明后再核对
        f"[请由](?![到去找]).{{0,2}}?{_OFFICE}.{{0,6}}(?:提供|{_STAMP})",  # 请民政部门提供材料
        f"[需须待等经]要?.{{0,2}}?(?!民政|残联){_OFFICE}.{{0,4}}{_STAMP}",  # 需校长盖章后上报
        f"^(?!.*{_GOING}).*(?:我们|{_OFFICE})(?:可以?|会|来|将)?(?:[把将向]|{_BRING})",  # 我们会把材料交给民政
        f"{_OFFICE}.{{0,6}}材料(?:不全|不齐|缺)",  # 部门报来的材料不全
    )
)
"""An office does it, is asked for it, or did it; where the same clause asks the family, that counts."""
OF_THE_FAMILY = re.compile("(?:请|让|需要?|须|要(?!求)|麻烦|建议|希望).{0,2}(?:[您你]|家长|监护人)")
_CLAUSE_END = re.compile(r"[，。；！？,;!?\s]+")


def asks_to_bring(text: str) -> bool:
    """Whether the family that reads it is asked for a paper or a stamp; what an office is asked for is not meant."""
    return any(map(_asks, _CLAUSE_END.split(CALMING.sub("", text))))


def _asks(clause: str) -> bool:
    if not any(pattern.search(clause) for pattern in ASKING):
        return False
    if any(pattern.search(clause) for pattern in INNOCENT):
        return False
    return OF_THE_FAMILY.search(clause) is not None or not any(pattern.search(clause) for pattern in OFFICE_ACTS)
