"""What processes say of themselves names no child, whoever makes them say it."""

import logging
import runpy
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from portal.logs import start_logging
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


def test_the_web_server_quotes_no_number_of_a_malformed_request(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO")
    log = Logger(Config())
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["speak_as_all"](SimpleNamespace(log=log))
    log.warning("Invalid HTTP request line: '%s'", "GET /329901201603050015 199 0000 0001")
    said = capsys.readouterr().err
    assert "Invalid HTTP request line" in said
    assert "329901201603050015" not in said
    assert "0000 0001" not in said


def test_an_error_is_told_by_its_kind_and_place_and_not_by_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO")
    try:
        int("王小雨")
    except ValueError:
        logging.getLogger("anything").exception("it broke")
    said = capsys.readouterr().err
    assert ("ValueError" in said, "test_logs.py" in said, "王小雨" in said) == (True, True, False)
