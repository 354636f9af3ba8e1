"""资助项目 as the national system and schools write it, and the policy of ours it means."""

import unicodedata
from collections.abc import Mapping

from portal.policies.catalogue import Catalogue
from portal.vocabulary import Stage

PRESCHOOL = {Stage.PRESCHOOL}
COMPULSORY = {Stage.PRIMARY, Stage.JUNIOR}
LIVING = ("CMP-LIVE", "CMP-LIVE-B")
GRADUATE = {Stage.MASTER, Stage.DOCTOR}
UNIVERSITY = {Stage.COLLEGE} | GRADUATE
GRANTS = ("HIGH-GRANT", "VOC-GRANT", "UG-NG", "PG-NG")
SCHOLARSHIPS = ("UG-NS", "VOC-SCHOL", "PG-NS")
INNER = ("PRE-INNER", "HIGH-INNER", "UG-INNER")
LOANS = ("LOAN-ORIG", "LOAN-CAMPUS")

STAGES = {
    "PRE-GRANT": PRESCHOOL,
    "PRE-DISFREE": PRESCHOOL,
    "PRE-FREE1": PRESCHOOL,
    "PRE-INNER": PRESCHOOL,
    "CMP-FREE": COMPULSORY,
    "CMP-LIVE": COMPULSORY,
    "CMP-LIVE-B": COMPULSORY,
    "HIGH-FREE": {Stage.SENIOR},
    "HIGH-GRANT": {Stage.SENIOR},
    "HIGH-INNER": {Stage.SENIOR},
    "VOC-FREE": {Stage.VOCATIONAL},
    "VOC-FREE-ART": {Stage.VOCATIONAL},
    "VOC-GRANT": {Stage.VOCATIONAL},
    "VOC-SCHOL": {Stage.VOCATIONAL},
    "UG-NS": {Stage.COLLEGE},
    "UG-NIS": {Stage.COLLEGE},
    "UG-NG": {Stage.COLLEGE},
    "UG-NG-VET": {Stage.COLLEGE},
    "UG-JDLK": {Stage.COLLEGE},
    "UG-DISFREE": UNIVERSITY,
    "UG-INNER": UNIVERSITY,
    "LOAN-ORIG": UNIVERSITY,
    "LOAN-CAMPUS": UNIVERSITY,
    "MIL-AID": UNIVERSITY,
    "WORK": UNIVERSITY,
    "PG-NS": GRADUATE,
    "PG-AS": GRADUATE,
    "PG-NG": GRADUATE,
    "SPE-FREE": PRESCHOOL | COMPULSORY | {Stage.SENIOR, Stage.VOCATIONAL},
    "LOCALGOV": set(Stage),
}

PROJECTS = {
    # as written, without blanks and brackets: the policies it may mean, the likeliest first
    "学前教育政府资助": ("PRE-GRANT",),
    "学前教育资助": ("PRE-GRANT",),
    "学前资助": ("PRE-GRANT",),
    "幼儿资助": ("PRE-GRANT",),
    "学前教育免保育教育费": ("PRE-DISFREE", "PRE-FREE1"),
    "免保育教育费": ("PRE-DISFREE", "PRE-FREE1"),
    "免保教费": ("PRE-DISFREE", "PRE-FREE1"),
    "大班免保育教育费": ("PRE-FREE1",),
    "学前一年免保育教育费": ("PRE-FREE1",),
    "园内资助": ("PRE-INNER",),
    "生活补助": LIVING,
    "生活补助费": LIVING,
    "义务教育生活补助": LIVING,
    "义务教育家庭经济困难学生生活补助": LIVING,
    "家庭经济困难学生生活补助": LIVING,
    "家庭经济困难学生生活补助费": LIVING,
    "非寄宿生生活补助": ("CMP-LIVE",),
    "非寄宿生生活补助费": ("CMP-LIVE",),
    "家庭经济困难非寄宿生生活补助": ("CMP-LIVE",),
    "寄宿生生活补助": ("CMP-LIVE-B",),
    "寄宿生生活补助费": ("CMP-LIVE-B",),
    "家庭经济困难寄宿生生活补助": ("CMP-LIVE-B",),
    "义务教育家庭经济困难学生生活补助寄宿生": ("CMP-LIVE-B",),
    "国家助学金": GRANTS,
    "普通高中国家助学金": ("HIGH-GRANT",),
    "普高国家助学金": ("HIGH-GRANT",),
    "高中国家助学金": ("HIGH-GRANT",),
    "普通高中免学杂费": ("HIGH-FREE",),
    "普通高中免学费": ("HIGH-FREE",),
    "普高免学杂费": ("HIGH-FREE",),
    "免学杂费": ("HIGH-FREE",),
    "中等职业学校国家助学金": ("VOC-GRANT",),
    "中等职业教育国家助学金": ("VOC-GRANT",),
    "中职国家助学金": ("VOC-GRANT",),
    "中等职业学校免学费": ("VOC-FREE",),
    "中等职业教育免学费": ("VOC-FREE",),
    "中职免学费": ("VOC-FREE",),
    "艺术类表演专业免学费": ("VOC-FREE-ART",),
    "中等职业教育国家奖学金": ("VOC-SCHOL",),
    "中职国家奖学金": ("VOC-SCHOL",),
    "国家奖学金": SCHOLARSHIPS,
    "本专科生国家奖学金": ("UG-NS",),
    "国家励志奖学金": ("UG-NIS",),
    "本专科生国家励志奖学金": ("UG-NIS",),
    "本专科生国家助学金": ("UG-NG", "UG-NG-VET"),
    "普通高校国家助学金": ("UG-NG", "UG-NG-VET"),
    "高校国家助学金": ("UG-NG", "UG-NG-VET"),
    "退役士兵国家助学金": ("UG-NG-VET",),
    "退役士兵学生国家助学金": ("UG-NG-VET",),
    "残疾大学生免学费": ("UG-DISFREE",),
    "建档立卡学生学费减免": ("UG-JDLK",),
    "建档立卡免学费": ("UG-JDLK",),
    "生源地信用助学贷款": ("LOAN-ORIG",),
    "生源地助学贷款": ("LOAN-ORIG",),
    "校园地国家助学贷款": ("LOAN-CAMPUS",),
    "国家助学贷款": LOANS,
    "服兵役国家教育资助": ("MIL-AID",),
    "服兵役高等学校学生国家教育资助": ("MIL-AID",),
    "勤工助学": ("WORK",),
    "研究生国家奖学金": ("PG-NS",),
    "研究生学业奖学金": ("PG-AS",),
    "学业奖学金": ("PG-AS",),
    "研究生国家助学金": ("PG-NG",),
    "校内资助": INNER,
    "残疾学生免费教育": ("SPE-FREE",),
    "地方政府资助": ("LOCALGOV",),
}

_BLANKS = str.maketrans("", "", " ()[]【】“”\"'、,，-_\u3000")


def as_written(name: str) -> str:
    """Without blanks and brackets, full width or not."""
    return unicodedata.normalize("NFKC", name).translate(_BLANKS)


def own_names(catalogue: Catalogue, place: str) -> dict[str, str]:
    """Policies that the unit of this code has for itself, by their names ``as_written``."""
    own = (policy for policy in catalogue.policies if policy.division and policy.holds_at(place))
    return {as_written(policy.name): policy.code for policy in own}


def policy_of(written: str, held: set[str], stage: Stage | None, own: Mapping[str, str]) -> str | None:
    """Of several meanings the one the pupil has a ledger row for, else the first its stage allows; None is unknown.

    ``own`` as ``own_names`` has them.
    """
    if written.upper() in STAGES:
        return written.upper()
    name = as_written(written)
    if name in own:
        return own[name]
    codes = PROJECTS.get(name, ())
    fitting = [code for code in codes if stage is None or stage in STAGES[code]]
    return next((code for code in codes if code in held), next(iter(fitting), None))
