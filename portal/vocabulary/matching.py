"""信息比对与核实: what a pair is taken for, by rules and by people."""

from portal.vocabulary.labelled import Labelled


class Decision(Labelled):
    """What a pair of a pupil and a register entry is taken for; only ``certain`` may open a ledger row."""

    CERTAIN = "certain", "已匹配"
    POSSIBLE = "possible", "疑似匹配"
    HOUSEHOLD = "household", "家庭在册"
    HOUSEHOLD_POSSIBLE = "household_possible", "家庭疑似在册"


class Basis(Labelled):
    """依据: through whom a pupil met a register."""

    SELF = "self", "本人"
    GUARDIAN = "guardian", "监护人"
    HOUSEHOLD = "household", "同户"


class Answer(Labelled):
    """核实结论: what a person said of a pair that no rule may decide."""

    SAME = "same", "同一人"
    NOT_SAME = "not_same", "不是同一人"
    ASK = "ask", "已请部门核实"


class BureauAnswer(Labelled):
    """部门答复: what a bureau says of an entry of its own register."""

    YES = "yes", "是"
    NO = "no", "不是"
    UNKNOWN = "unknown", "查不清"


class MatchingState(Labelled):
    """How far a school is with a term's matching (N3-1)."""

    NOT_BEGUN = "not_begun", "未开始"
    UNDER_WAY = "under_way", "进行中"
    DONE = "done", "完成"


class AdditionState(Labelled):
    """人工新增: how far a pupil whom no list names has got."""

    PROPOSED = "proposed", "待受理"
    ADDED = "added", "人工新增"
    REFUSED = "refused", "未受理"
    ENDED = "ended", "已结束"


class FoundBy(Labelled):
    """来源: how somebody came to know of a pupil whom no list names."""

    SCHOOL_VISIT = "school_visit", "学校走访"
    FAMILY = "family", "家长反映"
    COMMUNITY = "community", "村（社区）反映"
    BUREAU = "bureau", "部门告知"
    OTHER = "other", "其他"
