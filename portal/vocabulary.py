"""The closed lists of the domain, each member with its label in Chinese.

What the law may change (policies, hardship categories) is data, not a list here.
"""

from enum import StrEnum


class Labelled(StrEnum):
    """A member is its code; ``label`` is what a page shows."""

    label: str

    def __new__(cls, code: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member


class Stage(Labelled):
    """学段."""

    PRESCHOOL = "preschool", "学前"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "普通高中"
    VOCATIONAL = "vocational", "中等职业学校"
    COLLEGE = "college", "高校本专科"
    MASTER = "master", "硕士研究生"
    DOCTOR = "doctor", "博士研究生"


class UnitLevel(Labelled):
    """单位级别; a bureau (民政、残联、农业农村 …) stands beside the tree at its own level."""

    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县"
    SCHOOL = "school", "学校"
    BUREAU = "bureau", "部门"


class Role(Labelled):
    """What a staff member may do; the permissions are a table in ``access/permissions.py``."""

    TEACHER = "teacher", "班主任"
    SCHOOL_OFFICER = "school_officer", "学校资助专干"
    COUNTY_OFFICER = "county_officer", "县级资助中心"
    CITY_OFFICER = "city_officer", "市级资助中心"
    PROVINCE_OFFICER = "province_officer", "省级资助中心"
    BUREAU_OFFICER = "bureau_officer", "部门数据员"
    INSPECTOR = "inspector", "督查员"
    ACCOUNT_KEEPER = "account_keeper", "账号管理员"


class Sex(Labelled):
    """性别."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class Boarding(Labelled):
    """就读方式."""

    DAY = "day", "走读"
    BOARDING = "boarding", "住校"
    AT_HOME = "at_home", "送教上门"


class SchoolOwnership(Labelled):
    """办学性质."""

    PUBLIC = "public", "公办"
    PRIVATE = "private", "民办"


class Determination(Labelled):
    """认定等级 (苏教助〔2019〕1号)."""

    EXTREME = "extreme", "特别困难"
    SERIOUS = "serious", "困难"
    GENERAL = "general", "一般困难"


class Decision(Labelled):
    """What a pair of a pupil and a register entry is taken for; only ``certain`` may open a ledger row."""

    CERTAIN = "certain", "已匹配"
    POSSIBLE = "possible", "疑似匹配"
    HOUSEHOLD = "household", "家庭在册"
    HOUSEHOLD_POSSIBLE = "household_possible", "家庭疑似在册"


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


class Basis(Labelled):
    """依据: through whom a pupil met a register."""

    SELF = "self", "本人"
    GUARDIAN = "guardian", "监护人"
    HOUSEHOLD = "household", "同户"


class AdditionState(Labelled):
    """人工新增: how far a pupil whom no list names has got."""

    PROPOSED = "proposed", "待受理"
    ADDED = "added", "人工新增"
    REFUSED = "refused", "未受理"
    ENDED = "ended", "已结束"


class OverlayState(Labelled):
    """地方标准: what became of it; a version that was approved once is kept for ever."""

    PROPOSED = "proposed", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    SUPERSEDED = "superseded", "已被代替"


class MoveKind(Labelled):
    """学籍变动."""

    TRANSFER = "transfer", "转学"
    SUSPENSION = "suspension", "休学"
    DROP_OUT = "drop_out", "退学、疑似失学"
    GRADUATION = "graduation", "毕业、结业"
    DEATH = "death", "去世"


class MoveEnd(Labelled):
    """What a move came to."""

    ACCEPTED = "accepted", "转入学校已接收"
    SENT_BACK = "sent_back", "转入学校退回"
    ABROAD = "abroad", "转到省外，由那边资助"
    RETURNED = "returned", "已返校"
    TAKEN_BACK = "taken_back", "登记有误，已撤销"
    REPLACED = "replaced", "有了新的变动"


class FoundBy(Labelled):
    """来源: how somebody came to know of a pupil whom no list names."""

    SCHOOL_VISIT = "school_visit", "学校走访"
    FAMILY = "family", "家长反映"
    COMMUNITY = "community", "村（社区）反映"
    BUREAU = "bureau", "部门告知"
    OTHER = "other", "其他"


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


class Term(Labelled):
    """学期 within a school year."""

    AUTUMN = "autumn", "秋季学期"
    SPRING = "spring", "春季学期"


class IntakeKind(Labelled):
    """What kind of file came in."""

    ROSTER = "roster", "学籍名册"
    REGISTER = "register", "困难群体名单"
    AWARDS = "awards", "受助名单"
    NATIONAL_LIST = "national_list", "全国系统名单"
    LIBRARY_LIST = "library_list", "就学信息库名单"


class Channel(Labelled):
    """家校联系的渠道."""

    SMS = "sms", "短信"
    WECHAT = "wechat", "微信"
    WECOM = "wecom", "企业微信"
    PHONE = "phone", "电话"
    SLIP = "slip", "纸质告知单"
    PORTAL = "portal", "门户"
    VISIT = "visit", "上门"


class MessageState(Labelled):
    """消息状态; an unknown send is settled by report, query or a person, never by sending again."""

    QUEUED = "queued", "待发送"
    CLAIMED = "claimed", "准备发送"
    SENDING = "sending", "发送中"
    UNKNOWN = "unknown", "结果待查"
    ACCEPTED = "accepted", "已交网关"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "未送达"
    SUPPRESSED = "suppressed", "未发送"


class Audience(Labelled):
    """Whom a campaign is for: everybody alike, or those whose ledger row stands so that a word of ours helps."""

    EVERYONE = "everyone", "全体家庭（政策宣传）"
    UNCONFIRMED = "unconfirmed", "比对出、还没确认的"
    TO_APPLY = "to_apply", "要家长申请、还没申请的"
    PAID = "paid", "已发放、还没说收到的"
    WAIVER_HEARD = "waiver_heard", "学校或资助中心代记不需要资助的"


class CampaignState(Labelled):
    """批次状态."""

    PROPOSED = "proposed", "待预览"
    DRAWN = "drawn", "待提交"
    SUBMITTED = "submitted", "待第二人批准"
    RUNNING = "running", "发送中"
    STOPPED = "stopped", "已停止"


class ContactTaskKind(Labelled):
    """联系任务."""

    CALL = "call", "打电话"
    VISIT = "visit", "上门或送纸质告知单"
    NUMBERS = "numbers", "补全电话"


class QuestionTopic(Labelled):
    """家长问的."""

    IS_IT_TRUE = "is_it_true", "这是真的吗，会不会是骗子"
    HOW_MUCH = "how_much", "有多少钱，什么时候到"
    WHAT_TO_DO = "what_to_do", "要办什么手续"
    ACCOUNT = "account", "打到哪张卡"
    WHY_US = "why_us", "为什么有我家、为什么没有我家"
    PRIVACY = "privacy", "别人会不会知道"
    OTHER = "other", "别的"


class Undelivered(Labelled):
    """Why a message did not arrive; only a wrong number closes a number."""

    WRONG_NUMBER = "wrong_number", "空号或停机"
    UNREACHABLE = "unreachable", "关机、不在服务区或收不进"
    BLOCKED = "blocked", "被运营商或手机拦下，或已退订"
    OURS = "ours", "签名、内容或账号的问题，请管理员处理"
    UNSAID = "unsaid", "没有说明原因"


class ReplyKind(Labelled):
    """What a family's answer to a message asks of us."""

    OPT_OUT = "opt_out", "退订"
    WORDS = "words", "回复"


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


class MatchingState(Labelled):
    """How far a school is with a term's matching (N3-1)."""

    NOT_BEGUN = "not_begun", "未开始"
    UNDER_WAY = "under_way", "进行中"
    DONE = "done", "完成"


class RegisterPurpose(Labelled):
    """What a register is delivered for; there is no other use of it (N5-4)."""

    TERM = "term", "新学期信息比对"
    GAPS = "gaps", "学期中查漏补缺"
    YEARLY = "yearly", "学年全面核查"
