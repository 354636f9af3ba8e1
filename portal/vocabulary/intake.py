"""导入: files that come in."""

from portal.vocabulary.labelled import Labelled


class IntakeKind(Labelled):
    """What kind of file came in."""

    ROSTER = "roster", "学籍名册"
    REGISTER = "register", "困难群体名单"
    AWARDS = "awards", "受助名单"
    NATIONAL_LIST = "national_list", "全国系统名单"
    LIBRARY_LIST = "library_list", "就学信息库名单"


class IntakeState(Labelled):
    """How far a file that came in has got."""

    WAITING = "waiting", "等待读取"
    READING = "reading", "读取中"
    CHECKED = "checked", "待确认"
    KEPT = "kept", "已导入"
    REFUSED = "refused", "已退回"
    REPLACED = "replaced", "已被新名单代替"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "已到期销毁"


class RegisterPurpose(Labelled):
    """What a register is delivered for; there is no other use of it (N5-4)."""

    TERM = "term", "新学期信息比对"
    GAPS = "gaps", "学期中查漏补缺"
    YEARLY = "yearly", "学年全面核查"
