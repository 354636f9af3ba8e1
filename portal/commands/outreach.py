"""``flask remind``, ``flask schedule``, ``flask dispatch``: what leaves, and when."""

from datetime import datetime

import click
from flask import current_app

from portal import schedule
from portal.clock import SHANGHAI
from portal.commands.session import answering, open_session, open_sessions
from portal.commands.telling import Refused, json_option, tell
from portal.commands.usage import Command
from portal.outreach import dispatch
from portal.outreach.gateway import gateways_in_use
from portal.outreach.gateways.protocol import Gateway
from portal.suppliers import Suppliers

YEARS = range(2000, 3000)


@click.command(cls=Command)
@click.option("--now", "moment", required=True, help="以这个时刻为准，如 2026-09-07T10:00:00+08:00；不写时区按北京时间")
@json_option
@answering
def remind(moment: str, as_json: bool) -> None:
    """计划并发送到这个时刻为止该发的提醒."""
    gateways = _gateways()
    suppliers = _suppliers()
    at = _parse(moment)
    done = dispatch.tick(open_sessions(), gateways, at, "command", suppliers.apps, suppliers.operators).as_json()
    tell(as_json, done, "计划 {planned} 条，已交网关 {sent} 条，结果待查 {unknown} 条，拒收 {failed} 条".format(**done))


@click.command("schedule", cls=Command)
@answering
def run_schedule() -> None:
    """定时任务的进程；可以同时运行几个."""
    open_session()
    schedule.run(open_sessions(), current_app.extensions["settings"], dispatch.stop_on_signals())


@click.command("dispatch", cls=Command)
@click.option("--threads", type=click.IntRange(1, 64), default=dispatch.THREADS, help="同时在途的消息数")
@answering
def run_dispatch(threads: int) -> None:
    """发送消息的进程；可以同时运行几个."""
    gateways = _gateways()
    suppliers, stop = _suppliers(), dispatch.stop_on_signals()
    dispatch.run(open_sessions(), gateways, stop, suppliers.apps, threads, suppliers.operators)


def _suppliers() -> Suppliers:
    suppliers: Suppliers = current_app.extensions["settings"].suppliers
    return suppliers


def _gateways() -> tuple[Gateway, ...]:
    with open_session() as session:
        return gateways_in_use(session, current_app.extensions["settings"])


def _parse(moment: str) -> datetime:
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        raise Refused(f"时刻写成 {moment!r}：请写成 2026-09-07T10:00:00+08:00") from None
    if found.year not in YEARS:
        raise Refused(f"时刻写成 {moment!r}：年份应在 {YEARS[0]} 到 {YEARS[-1]} 之间")
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
