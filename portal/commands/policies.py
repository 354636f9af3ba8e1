"""``flask check-policies``: what of the catalogue somebody ought to look at again."""

from dataclasses import asdict

import click
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.commands.session import answering
from portal.commands.telling import json_option, tell
from portal.commands.usage import Command
from portal.database import db
from portal.enrolment.local_standards import FILES, catalogue_of
from portal.policies.catalogue import Catalogue
from portal.policies.staleness import LONGEST, stale

FILES_ALONE = "没有连上数据库（或还没有 flask db upgrade）：页面上批准的地方标准没有看，只看了文件"


@click.command("check-policies", cls=Command)
@click.option("--days", default=LONGEST, show_default=True, help="多少天没有核对就提醒")
@json_option
@answering
def check_policies(days: int, as_json: bool) -> None:
    """列出久未核对、已到期、日期有空档、来源不确定的政策，连同页面上批准的地方标准."""
    approved = _with_approved()
    catalogue = approved or FILES
    found = stale(catalogue, clock.today(), days)
    lines = [f"{each.policy}（{each.layer}，{each.version_from} 起）{each.what}" for each in found]
    warnings = [asdict(each) | {"version_from": each.version_from.isoformat()} for each in found]
    told = {"policies": len(catalogue.policies), "with_approved": approved is not None, "warnings": warnings}
    if approved is None:
        click.echo(FILES_ALONE, err=True)
    tell(as_json, told, "\n".join(lines) or f"{len(catalogue.policies)} 项政策都不用再看")


def _with_approved() -> Catalogue | None:
    """None where no database answers; the files are worth a look without one."""
    try:
        return catalogue_of(db.session())
    except SQLAlchemyError:
        return None
