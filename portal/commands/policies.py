"""``flask check-policies``: what of the catalogue somebody ought to look at again."""

from dataclasses import asdict

import click

from portal import clock
from portal.commands.telling import answering, json_option, tell
from portal.policies.catalogue import load_catalogue
from portal.policies.staleness import LONGEST, stale


@click.command("check-policies")
@click.option("--days", default=LONGEST, show_default=True, help="多少天没有核对就提醒")
@json_option
@answering
def check_policies(days: int, as_json: bool) -> None:
    """列出久未核对、已到期、日期有空档、来源不确定的政策."""
    catalogue = load_catalogue()
    found = stale(catalogue, clock.today(), days)
    lines = [f"{each.policy}（{each.layer}，{each.version_from} 起）{each.what}" for each in found]
    warnings = [asdict(each) | {"version_from": each.version_from.isoformat()} for each in found]
    told = {"policies": len(catalogue.policies), "warnings": warnings}
    tell(as_json, told, "\n".join(lines) or f"{len(catalogue.policies)} 项政策都不用再看")
