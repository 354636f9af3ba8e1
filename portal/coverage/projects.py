"""资助项目 as the national system and schools write it, and the policy of ours it means."""

import unicodedata

from portal.vocabulary import Stage

COMPULSORY = {Stage.PRIMARY, Stage.JUNIOR}
LIVING = ("CMP-LIVE", "CMP-LIVE-B")
GRANTS = ("HIGH-GRANT", "VOC-GRANT", "UG-NG")

STAGES = {
    "CMP-LIVE": COMPULSORY,
    "CMP-LIVE-B": COMPULSORY,
    "HIGH-FREE": {Stage.SENIOR},
    "HIGH-GRANT": {Stage.SENIOR},
    "VOC-FREE": {Stage.VOCATIONAL},
    "VOC-GRANT": {Stage.VOCATIONAL},
    "UG-NG": {Stage.COLLEGE},
}

PROJECTS = {
    # as written, without blanks and brackets: the policies it may mean, the likeliest first
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
    "本专科生国家助学金": ("UG-NG",),
    "普通高校国家助学金": ("UG-NG",),
    "高校国家助学金": ("UG-NG",),
}

_BLANKS = str.maketrans("", "", " ()[]【】“”\"'、,，-_\u3000")


def policy_of(written: str, held: set[str], stage: Stage | None) -> str | None:
    """Of several meanings the one the pupil has a ledger row for, else the first its stage allows; None is unknown."""
    if written.upper() in STAGES:
        return written.upper()
    codes = PROJECTS.get(unicodedata.normalize("NFKC", written).translate(_BLANKS), ())
    fitting = [code for code in codes if stage is None or stage in STAGES[code]]
    return next((code for code in codes if code in held), next(iter(fitting), None))
