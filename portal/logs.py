"""What the processes say of themselves: JSON lines on standard error, with anything personal struck out."""

import logging
import sys
from traceback import extract_tb
from typing import Any

import structlog

from portal.privacy.masking import redact

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _struck_out(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The last guard: numbers that slipped into a message never reach the file (ASVS 16.2.5)."""
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


def _where_it_broke(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The kind of error and the lines it passed; never its message or the values at hand, which may be a child's."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["passed"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    return event


def start_logging(level: str) -> None:
    """Both our own words and those of the libraries take the same road."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _where_it_broke,
            _struck_out,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=lambda value: redact(str(value))),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for talkative in ("alembic", "apscheduler", "portal.database"):  # the last: SQLAlchemy's pool, by the name of ours
        logging.getLogger(talkative).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
