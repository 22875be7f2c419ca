"""Log lines as JSON on standard output, one per event, with whatever context is bound."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import structlog


def configure(level: str) -> None:
    """Send structlog and the standard library's loggers to stdout as JSON lines, from ``level`` on."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    out = logging.StreamHandler(sys.stdout)
    out.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [out]
    root.setLevel(level)
    logging.getLogger("dramatiq").setLevel(max(logging.getLevelName(level), logging.WARNING))


def sentence(logger: str) -> Callable[[str], None]:
    """A function that logs one sentence for people."""
    log = structlog.get_logger(logger)
    return lambda text: log.info("notice", text=text, logger=logger)
