"""资助: what a child may have, how a family comes to it, and how far it has got."""

from portal.vocabulary.labelled import Labelled


class Determination(Labelled):
    """认定等级 (苏教助〔2019〕1号)."""

    EXTREME = "extreme", "特别困难"
    SERIOUS = "serious", "困难"
    GENERAL = "general", "一般困难"


class DeterminationRoute(Labelled):
    """认定依据: by a list without proof, or by what the family applied and undertook."""

    LISTED = "listed", "在名单里，免佐证"
    APPLIED = "applied", "本人申请，个人承诺"


class Verdict(Labelled):
    """资格判定的结论; unknown is not no."""

    ENTITLED = "entitled", "可以享受"
    NOT_ENTITLED = "not_entitled", "不符合"
    UNKNOWN = "unknown", "需要再核对"


class ClaimMode(Labelled):
    """How a family comes to the aid (免申即享 / 确认即享 / 申请)."""

    AUTO = "auto", "免申即享"
    CONFIRM = "confirm", "确认即享"
    APPLY = "apply", "需要申请"


class EntitlementState(Labelled):
    """台账状态, in the order a row passes through."""

    MATCHED = "matched", "已比对"
    VERIFIED = "verified", "已核实"
    REACHED = "reached", "已告知"
    APPLIED = "applied", "已申请"
    APPROVED = "approved", "已审批"
    PAID = "paid", "已发放"
    RECEIVED = "received", "已收到"


class OverlayState(Labelled):
    """地方标准: what became of it; a version that was approved once is kept for ever."""

    PROPOSED = "proposed", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    SUPERSEDED = "superseded", "已被代替"
