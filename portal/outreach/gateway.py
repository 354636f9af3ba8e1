"""Which gateway is in use: the one place where a real one can be had, and where it is refused."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Demonstration
from portal.models.sealed import keyring
from portal.outreach.gateways import kannel
from portal.outreach.gateways.kannel import Kannel
from portal.outreach.gateways.protocol import Gateway, ReportDoor
from portal.outreach.gateways.sandbox import Sandbox
from portal.settings import Settings

DOORS: dict[str, ReportDoor] = {"kannel": kannel.DOOR}


class GatewayRefused(Exception):
    """A real gateway may not be used here; the text says why and what to do."""


def gateway_in_use(session: Session, settings: Settings) -> Gateway:
    """Raise GatewayRefused where invented people would be written to at somebody's real number."""
    if settings.gateway == "sandbox":
        return Sandbox()
    if session.scalars(select(Demonstration.id)).first() is not None:
        raise GatewayRefused(
            f"这是演示数据库，不能用真实网关 {settings.gateway}；请取消 PORTAL_GATEWAY，或换一个正式数据库"
        )
    return Kannel(
        url=settings.kannel_url,
        username=settings.kannel_username,
        password=settings.kannel_password,
        reports_to=f"{settings.reports_url}/reports/kannel/{report_secret('kannel')}",
    )


def report_secret(gateway: str) -> str:
    """The part of the door's address that only we and the gateway know; derived, so that it need not be kept."""
    return keyring().index("gateway reports", gateway).hex()[:32]
