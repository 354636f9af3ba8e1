"""Which gateways are in use: the one place where a real one can be had, and where it is refused."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Demonstration
from portal.models.sealed import keyring
from portal.outreach.gateways.aliyun import Aliyun, AliyunDoor
from portal.outreach.gateways.doors import Door
from portal.outreach.gateways.kannel import Kannel, KannelDoor
from portal.outreach.gateways.protocol import Gateway, Limits
from portal.outreach.gateways.pushes import Seal
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.gateways.tencent import Tencent, TencentDoor
from portal.outreach.gateways.trial import Trial
from portal.outreach.gateways.wechat import Wechat, WechatDoor
from portal.outreach.gateways.wecom import Wecom
from portal.settings import Settings


class GatewayRefused(Exception):
    """A real gateway may not be used here; the text says why and what to do."""


def _kannel(settings: Settings) -> Gateway:
    account = settings.suppliers.kannel
    return Kannel(
        url=account.url,
        username=account.username,
        password=account.password,
        reports_to=f"{settings.reports_url}/reports/kannel/{report_secret('kannel')}",
        limits=Limits(per_second=int(account.per_second)),
    )


def _aliyun(settings: Settings) -> Gateway:
    account = settings.suppliers.aliyun
    return Aliyun(account.key_id, account.key_secret, account.url)


def _tencent(settings: Settings) -> Gateway:
    account = settings.suppliers.tencent
    return Tencent(account.secret_id, account.secret_key, account.app_id, account.url, account.region)


def _wechat(settings: Settings) -> Gateway:
    account = settings.suppliers.wechat
    return Wechat(account.app_id, account.app_secret, account.url)


def wecom(settings: Settings) -> Wecom:
    """The app of one's own that the school lists under 家长可使用的应用."""
    account = settings.suppliers.wecom
    return Wecom(account.corp_id, account.secret, account.agent_id, account.url)


REAL: dict[str, Callable[[Settings], Gateway]] = {
    "kannel": _kannel,
    "aliyun": _aliyun,
    "tencent": _tencent,
    "wechat": _wechat,
    "wecom": wecom,
}


def gateways_in_use(session: Session, settings: Settings) -> tuple[Gateway, ...]:
    """In the order in which they are taken.

    Raise GatewayRefused where invented people would be written to at somebody's real number.
    """
    names, guests = settings.suppliers.gateways, settings.suppliers.guests
    if names == ("sandbox",):
        return (Sandbox(),)
    if session.scalars(select(Demonstration.id)).first() is not None:
        raise GatewayRefused(
            f"这是演示数据库，不能用真实网关 {'、'.join(names)}；请取消 PORTAL_GATEWAY，或换一个正式数据库"
        )
    found = [REAL[name](settings) for name in names]
    return tuple(Trial(gateway, guests) if guests else gateway for gateway in found)


def door_of(gateway: str, settings: Settings) -> Door | None:
    """Reports may come for days after another gateway was chosen; WeChat's are read with its keys alone."""
    account = settings.suppliers.wechat
    if gateway == "wechat" and account.push_token and account.push_key and account.app_id:
        return WechatDoor(Seal(account.push_token, account.push_key, account.app_id))
    doors: dict[str, Door] = {"kannel": KannelDoor(), "aliyun": AliyunDoor(), "tencent": TencentDoor()}
    return doors.get(gateway)


def report_secret(gateway: str) -> str:
    """The part of the door's address that only we and the gateway know; derived, so that it need not be kept."""
    return keyring().index("gateway reports", gateway).hex()[:32]
