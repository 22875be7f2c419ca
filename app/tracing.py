"""Spans of steps and of calls to the SRI for whoever collects them by OTLP; nothing at all while none is set.

A span names tenant, document and message by their ids; no name, key or content of a document is in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from app.config import Settings
from app.errors import Misconfigured
from app.processes import VERSION

_LIMIT_S = 3
_tracer: Any = None
_provider: Any = None


def install(settings: Settings, kind: str) -> None:
    """Send the spans of this process from now on, when the settings name a collector; after the fork.

    Raises ``Misconfigured`` when the program was installed without the extra ``observe``.
    """
    global _tracer, _provider
    if not settings.otel_exporter_otlp_endpoint or _provider is not None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise Misconfigured("OTEL_EXPORTER_OTLP_ENDPOINT needs: pip install 'autoriza[observe]'") from error
    exporter = OTLPSpanExporter(
        endpoint=f"{settings.otel_exporter_otlp_endpoint.rstrip('/')}/v1/traces",
        headers=_headers(settings.otel_exporter_otlp_headers.get_secret_value()),
        timeout=_LIMIT_S,
    )
    names = {"service.name": f"autoriza-{kind}", "service.version": VERSION}
    _provider = TracerProvider(resource=Resource.create(names), shutdown_on_exit=False)
    _provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=2_000))
    _tracer = _provider.get_tracer("autoriza")


def flush() -> None:
    """Send what is left, for at most three seconds."""
    if _provider is not None:
        _provider.force_flush(_LIMIT_S * 1_000)


@contextmanager
def span(name: str, **attributes: str | int | float) -> Iterator[Any]:
    """A span around the block; what it raises is its status, by the name of its class only."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import StatusCode

    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def record(name: str, began: datetime, **attributes: str | int | float) -> None:
    """A span that ends now and began at ``began``, within the one around it."""
    if _tracer is not None:
        _tracer.start_span(name, start_time=int(began.timestamp() * 1e9), attributes=attributes).end()


def _headers(written: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in written.split(",") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in pairs}
