"""The flask commands of the contract, by noun."""

from flask import Flask

from portal.commands.backup import backup, bring_back
from portal.commands.check import check
from portal.commands.demo import demo
from portal.commands.files import evaluate, match_files
from portal.commands.gateways import gateways
from portal.commands.intake import registers, rosters, units
from portal.commands.matching import ledger, match, write_matched
from portal.commands.outreach import remind, run_dispatch, run_schedule
from portal.commands.policies import check_policies
from portal.commands.staff import staff

COMMANDS = (
    units,
    registers,
    rosters,
    match,
    write_matched,
    match_files,
    evaluate,
    check_policies,
    ledger,
    remind,
    run_schedule,
    run_dispatch,
    gateways,
    demo,
    staff,
    check,
    backup,
    bring_back,
)


def add_to(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
