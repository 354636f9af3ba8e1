"""``flask gateways``: how the suppliers do, where each of them reports, and that one is mended."""

import click
from flask import current_app

from portal import clock
from portal.clock import local
from portal.commands.session import answering, open_session, open_sessions
from portal.commands.telling import Refused, json_option, tell
from portal.commands.usage import Group
from portal.outreach import health
from portal.outreach.gateway import REAL, report_secret
from portal.outreach.gateways.wecom_directory import DirectoryAway
from portal.outreach.wecom_parents import synchronise
from portal.suppliers import GATEWAYS


@click.group(cls=Group)
def gateways() -> None:
    """短信和微信的网关."""


@gateways.command()
@json_option
@answering
def state(as_json: bool) -> None:
    """各网关现在怎样，最近给过哪些不是成功的代码."""
    found = [
        {
            "gateway": shown.gateway,
            "state": shown.state,
            "because": shown.because,
            "since": local(shown.since).isoformat(timespec="seconds"),
            "codes": {each.code: each.times for each in shown.troubles},
            "unknown_codes": [each.code for each in shown.troubles if not each.known],
        }
        for shown in health.overview(open_session(), clock.now())
    ]
    lines = [f"{each['gateway']}　{each['state']}　{each['because']}".rstrip() for each in found]
    tell(as_json, {"gateways": found}, "\n".join(lines) or "还没有发过消息")


@gateways.command()
@json_option
@answering
def doors(as_json: bool) -> None:
    """填进供应商控制台的回执和上行地址；地址里有密钥，不要外传."""
    open_session()
    base = current_app.extensions["settings"].reports_url
    found = {name: f"{base}/reports/{name}/{report_secret(name)}" for name in REAL if name != "wecom"}
    tell(as_json, found, "\n".join(f"{name}　{address}" for name, address in found.items()))


@gateways.command()
@json_option
@answering
def parents(as_json: bool) -> None:
    """从企业微信家校通讯录读一遍家长；每天清早也会自己读."""
    open_session()
    settings = current_app.extensions["settings"]
    if not settings.suppliers.apps.corp_id:
        raise Refused("没有启用企业微信：请在 PORTAL_GATEWAY 里加上 wecom")
    try:
        done = synchronise(open_sessions(), settings, "command", clock.now())
    except DirectoryAway as problem:
        raise Refused(str(problem)) from problem
    words = f"新增 {done.found} 位，停用 {done.ended} 位，{done.unknown} 位的手机号不在学籍名册里"
    tell(as_json, {"found": done.found, "ended": done.ended, "unknown": done.unknown}, words)


@gateways.command()
@click.argument("gateway", type=click.Choice(GATEWAYS))
@json_option
@answering
def mended(gateway: str, as_json: bool) -> None:
    """问题已经处理好：马上用一条消息再试."""
    session = open_session()
    health.reopen(session, gateway, "command", clock.now())
    session.commit()
    tell(as_json, {"gateway": gateway}, f"{gateway} 下一条消息就会再试")
