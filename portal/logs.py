"""What the processes say of themselves: JSON lines on standard error, with anything personal struck out."""

import logging
import sys
from typing import Any

import structlog

from portal.privacy.masking import redact

SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


# Where it happened, never with which values: the locals of a frame are passwords, names and numbers.
TRACES = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def _struck_out(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The last guard: numbers that slipped into a message never reach the file (ASVS 16.2.5)."""
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}


def start_logging(level: str) -> None:
    """Both our own words and those of the libraries take the same road."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            TRACES,
            _struck_out,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=lambda value: redact(str(value))),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
