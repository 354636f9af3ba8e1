"""``flask demo``: an invented county to try the portal with, on an empty database and only there."""

from typing import Any

import click

from portal import clock
from portal.commands.session import answering, open_session, open_sessions
from portal.commands.telling import Refused, Steps, json_option, tell
from portal.commands.usage import Command
from portal.demo import Demo, make_demo
from portal.demo.sizes import SIZES
from portal.policies.catalogue import load_catalogue


class NotEmpty(Refused):
    """Nothing was made: invented people never stand beside others."""


@click.command(cls=Command)
@click.option(
    "--size",
    type=click.Choice(list(SIZES)),
    default="small",
    help="多大：" + "；".join(f"{code} {size.label}" for code, size in SIZES.items()),
)
@json_option
@answering
def demo(size: str, as_json: bool) -> None:
    """在空库里造一个演示县，打印演示账号和告知单号码（只显示这一次）."""
    open_session().close()
    steps = Steps()
    made = make_demo(open_sessions(), load_catalogue(), clock.now(), steps, SIZES[size])
    if made is None:
        raise NotEmpty("库里已经有数据，没有建演示县：演示只在空的数据库里建，请换一个 PORTAL_INSTANCE 或 DATABASE_URL")
    steps.finish()
    tell(as_json, _as_json(made), _summary(made))


def _as_json(made: Demo) -> dict[str, Any]:
    return {
        "term": made.term,
        "pupils": made.pupils,
        "certain": made.certain,
        "rows": made.rows,
        "messages": made.messages,
        "accounts": [
            {"account": one.account, "role": one.role, "unit": one.unit, "password": one.password}
            for one in made.accounts
        ],
        "families": [
            {"child": one.child, "slip": one.slip, "birth_date": one.birth_date and one.birth_date.isoformat()}
            for one in made.families
        ],
    }


def _summary(made: Demo) -> str:
    counts = f"学生 {made.pupils} 人，已匹配 {made.certain} 人，台账 {made.rows} 条，提醒 {made.messages} 条"
    lines = [f"演示县：{counts}（全是虚构的人）", "工作人员："]
    lines += [f"  {one.account:<8}{one.password}  {one.role}，{one.unit}" for one in made.accounts]
    lines += ["家长（告知单号码和孩子的出生日期）："]
    lines += [f"  {one.slip}  {one.birth_date or ''}  {one.child}" for one in made.families]
    return "\n".join([*lines, "密码只显示这一次；忘了用 flask staff password 账号 换一个"])
