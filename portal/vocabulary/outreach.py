"""家校联系: messages, campaigns, tasks and what families answer."""

from portal.vocabulary.labelled import Labelled


class Channel(Labelled):
    """家校联系的渠道."""

    SMS = "sms", "短信"
    WECHAT = "wechat", "微信"
    WECOM = "wecom", "企业微信"
    PHONE = "phone", "电话"
    SLIP = "slip", "纸质告知单"
    PORTAL = "portal", "门户"
    VISIT = "visit", "上门"


class Operator(Labelled):
    """基础电信运营商; each is told of a signature apart from the others."""

    MOBILE = "mobile", "移动"
    UNICOM = "unicom", "联通"
    TELECOM = "telecom", "电信"


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


class Audience(Labelled):
    """Whom a campaign is for: everybody alike, or those whose ledger row stands so that a word of ours helps."""

    EVERYONE = "everyone", "全体家庭（政策宣传）"
    UNCONFIRMED = "unconfirmed", "比对出、还没确认的"
    TO_APPLY = "to_apply", "要家长申请、还没申请的"
    PAID = "paid", "已发放、还没说收到的"
    WAIVER_HEARD = "waiver_heard", "学校或资助中心代记不需要资助的"
    ACTED_FOR = "acted_for", "学校或资助中心代为确认的"


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
