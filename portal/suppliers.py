"""What the environment says of the suppliers of messages: which are in use, and our account with each."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import TypeVar

from portal.vocabulary import Operator

LABELS = {
    "sandbox": "沙箱（不真发）",
    "kannel": "自建短信网关",
    "aliyun": "阿里云短信",
    "tencent": "腾讯云短信",
    "wechat": "微信服务号",
    "wecom": "企业微信",
}
GATEWAYS = tuple(LABELS)
TO_PHONES = ("kannel", "aliyun", "tencent")
"""Those that write through the operators."""


@dataclass(frozen=True)
class KannelAccount:
    url: str
    username: str
    password: str = field(repr=False)
    per_second: str = "200"
    """What the operator's line carries."""


@dataclass(frozen=True)
class AliyunAccount:
    key_id: str
    key_secret: str = field(repr=False)
    url: str = "https://dysmsapi.aliyuncs.com"


@dataclass(frozen=True)
class TencentAccount:
    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    region: str = "ap-nanjing"
    url: str = "https://sms.tencentcloudapi.com"


@dataclass(frozen=True)
class WechatAccount:
    """``push_token`` and ``push_key`` are the Token and EncodingAESKey under 服务器配置, in 安全模式."""

    app_id: str
    app_secret: str = field(repr=False)
    push_token: str = field(repr=False)
    push_key: str = field(repr=False)
    url: str = "https://api.weixin.qq.com"
    open_url: str = "https://open.weixin.qq.com"
    """Where families say who they are (网页授权); it is offered once there are an id and a secret."""


@dataclass(frozen=True)
class WecomAccount:
    corp_id: str
    secret: str = field(repr=False)
    agent_id: str
    url: str = "https://qyapi.weixin.qq.com"


@dataclass(frozen=True)
class Apps:
    """By whom families may be told in WeChat: our 服务号, and the school's 企业微信; empty where none is in use."""

    appid: str = ""
    corp_id: str = ""


BY_SMS_ALONE = Apps()

Account = KannelAccount | AliyunAccount | TencentAccount | WechatAccount | WecomAccount


@dataclass(frozen=True)
class Suppliers:
    """``gateways`` in the order in which they are taken, such as ``aliyun,tencent,wechat``."""

    gateways: tuple[str, ...]
    guests: frozenset[str] = field(repr=False)
    """While there are any, a real gateway writes to these alone (试发)."""
    kannel: KannelAccount
    aliyun: AliyunAccount
    tencent: TencentAccount
    wechat: WechatAccount
    wecom: WecomAccount

    @property
    def first(self) -> str:
        return next(iter(self.gateways), "")

    @property
    def operators(self) -> tuple[Operator, ...]:
        """Whom a signature must be filed with before a campaign leaves; nobody in the sandbox and in a trial."""
        return tuple(Operator) if not self.guests and set(TO_PHONES) & set(self.gateways) else ()

    @property
    def apps(self) -> Apps:
        """Those that messages leave by; families may sign in by a 服务号 that none does."""
        return Apps(
            self.wechat.app_id if "wechat" in self.gateways else "",
            self.wecom.corp_id if "wecom" in self.gateways else "",
        )


def read_suppliers(environment: Mapping[str, str]) -> Suppliers:
    return Suppliers(
        gateways=_listed(environment.get("PORTAL_GATEWAY", "sandbox")),
        guests=frozenset(_listed(environment.get("PORTAL_TRIAL_GUESTS", ""))),
        kannel=_account(KannelAccount, "KANNEL", environment),
        aliyun=_account(AliyunAccount, "ALIYUN", environment),
        tencent=_account(TencentAccount, "TENCENT", environment),
        wechat=_account(WechatAccount, "WECHAT", environment),
        wecom=_account(WecomAccount, "WECOM", environment),
    )


def faults_of(suppliers: Suppliers) -> Iterator[str]:
    """What is missing or cannot be, by the variable's name."""
    chosen = suppliers.gateways
    for name in (name for name in chosen if name not in GATEWAYS):
        yield f"PORTAL_GATEWAY 里的“{name}”不认识：请用 {'、'.join(GATEWAYS)}，几个之间用逗号"
    if not chosen or len(set(chosen)) < len(chosen) or (len(chosen) > 1 and "sandbox" in chosen):
        yield "PORTAL_GATEWAY 里每个网关只写一次，按先后排；sandbox 只能单独用"
    for name in chosen:
        account = getattr(suppliers, name, None)
        for each in fields(account) if account else ():
            if not getattr(account, each.name):
                yield f"{name.upper()}_{each.name.upper()} 没有设：网关 {name} 要用"
    if not suppliers.kannel.per_second.isdecimal() or suppliers.kannel.per_second.strip("0") == "":
        yield f"KANNEL_PER_SECOND 是“{suppliers.kannel.per_second}”：请写大于 0 的整数"
    if suppliers.wechat.push_key and len(suppliers.wechat.push_key) != 43:
        yield "WECHAT_PUSH_KEY 不是 EncodingAESKey：应是 43 位字母和数字"
    if "wecom" in chosen and not suppliers.wecom.agent_id.isdecimal():
        yield "WECOM_AGENT_ID 不是数：请抄企业微信应用页上的 AgentId"


AnAccount = TypeVar("AnAccount", bound=Account)


def _account(kind: type[AnAccount], prefix: str, environment: Mapping[str, str]) -> AnAccount:
    """``ALIYUN_KEY_ID`` becomes ``key_id``, and so on; empty where it is not set and has no usual value."""
    usual = {each.name: "" if each.default is MISSING else str(each.default) for each in fields(kind)}
    return kind(**{name: environment.get(f"{prefix}_{name.upper()}", value) for name, value in usual.items()})


def _listed(text: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in text.split(",") if piece.strip())
