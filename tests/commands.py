"""A command as the contract has it: called, answered with one object, or refused with one line."""

import json
from typing import Any

from click.testing import Result
from flask import Flask


def flask(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def answer(app: Flask, *arguments: object) -> Any:
    """The one JSON object on standard output."""
    result = flask(app, *arguments, "--json")
    assert (result.exit_code, result.stderr if result.exit_code else "") == (0, "")
    return json.loads(result.stdout)


def refusal(app: Flask, *arguments: object) -> str:
    """The one line of a refused command."""
    result = flask(app, *arguments, "--json")
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)
    return result.stderr.strip()
