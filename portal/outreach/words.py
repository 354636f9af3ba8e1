"""What may stand in a message to a family: length, and the words that never do (requirements.md §2, G2, G5)."""

import re

from portal.coverage.reasons import CLAUSE
from portal.outreach.gateways.protocol import units
from portal.vocabulary.unsaid import CALMING, CATEGORY, POVERTY, PROOF

ONE_SEGMENT = 70

FORBIDDEN = (
    # what it looks like, why it may not be there
    (
        re.compile(r"https?:|www\.|[a-z0-9-]+\.(?:cn|com|net|org|gov|top|cc)\b|点击|链接|扫码|二维码", re.IGNORECASE),
        "有链接",
    ),
    (re.compile(r"验证码|校验码|动态码|(?<![\d-])\d{4,6}(?![\d\-元])"), "有验证码或像验证码的数字"),
    (re.compile(r"\d{14,}[0-9Xx]|身份证|证件号"), "有证件号"),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "有手机号，只能留学校门口也写着的固定电话"),
    (CATEGORY, "有困难类别"),
    (POVERTY, "有“贫困”“困难”一类的字眼"),
    (PROOF, f"像在要证明材料：比对出的学生不得再要求佐证材料（{CLAUSE}）"),
    (re.compile(r"转账|汇款|银行卡|卡号|账号|密码|缴费|手续费"), "像在要钱或账号"),
)


def lint(text: str) -> list[str]:
    """Every reason why this text may not be sent, in words for the one who wrote it; none means it may."""
    faults = lint_words(text)
    if not re.match(r"【[^【】]{2,20}】", text):
        faults.append("开头没有【单位】签名")
    if units(text) > ONE_SEGMENT:
        faults.append(f"有{units(text)}个字，一条短信最多{ONE_SEGMENT}个字（含签名）")
    return faults


def lint_words(text: str) -> list[str]:
    """The same for what is said or printed, which has no signature and may be longer."""
    bare = CALMING.sub("", text)
    return [why for pattern, why in FORBIDDEN if pattern.search(bare)]


DOUBLE_SURNAMES = re.compile(
    "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|令狐|夏侯|东方|宇文|长孙|司徒|司空|端木|百里|呼延|南宫|独孤|申屠|轩辕|西门"
    "|东郭|闻人|澹台|公冶|宗政|濮阳|淳于|单于|太叔|仲孙|钟离|鲜于|闾丘|司寇|赫连|万俟|拓跋|贺兰|纳兰"
)


def surname(name: str) -> str | None:
    """姓; None for a name that has none, such as 阿依古丽·买买提."""
    if not re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}", name):
        return None
    if len(name) > 2 and DOUBLE_SURNAMES.match(name):
        return name[:2]
    return name[:1] if len(name) < 4 else None
