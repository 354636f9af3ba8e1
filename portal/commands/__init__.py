"""The flask commands of the contract, by noun. A command's module is read when somebody asks for the command."""

from pkgutil import resolve_name

import click
from flask.cli import AppGroup

from portal.commands.usage import Misused

COMMANDS = {
    "units": "portal.commands.intake:units",
    "registers": "portal.commands.intake:registers",
    "rosters": "portal.commands.intake:rosters",
    "match": "portal.commands.matching:match",
    "matched": "portal.commands.matching:write_matched",
    "match-files": "portal.commands.match_files:match_files",
    "evaluate": "portal.commands.evaluate:evaluate",
    "check-policies": "portal.commands.policies:check_policies",
    "ledger": "portal.commands.matching:ledger",
    "remind": "portal.commands.outreach:remind",
    "schedule": "portal.commands.outreach:run_schedule",
    "dispatch": "portal.commands.outreach:run_dispatch",
    "gateways": "portal.commands.gateways:gateways",
    "demo": "portal.commands.demo:demo",
    "staff": "portal.commands.staff:staff",
    "keys": "portal.commands.keys:keys",
    "check": "portal.commands.check:check",
    "leak": "portal.commands.leaks:leak",
    "backup": "portal.commands.backup:backup",
    "restore": "portal.commands.backup:bring_back",
}


class Commands(AppGroup):
    """The commands above, and those that libraries bring (``db``)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            command: click.Command = resolve_name(COMMANDS[cmd_name])
            return command
        brought = super().get_command(ctx, cmd_name)
        if brought is None and not ctx.resilient_parsing:
            raise Misused(f"没有 {cmd_name} 这条命令。有哪些，看 {ctx.command_path} --help")
        return brought
