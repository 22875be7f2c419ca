"""What machines ask the console: does it live, is the installation ready, and its figures."""

import hmac
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import redis
from flask import Flask, Response, abort, g, jsonify, request
from peewee import PeeweeException
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from admin.topology import QUEUES
from app import error_reports, facts, metrics
from app.readiness import Check, checks
from app.services import Services
from app.store.base import database

_carried = threading.Lock()
"""Taken by the first request of a process, which is after the fork."""
READY_KNOWN_FOR_S, FIGURES_KNOWN_FOR_S = 2.0, 5.0


class Remembered:
    """What ``ask`` last answered, for a few seconds: however often a machine asks, the database is asked seldom."""

    def __init__(self, ask: Callable[[], Any], known_for_s: float) -> None:
        self._ask, self._known_for_s = ask, known_for_s
        self._lock = threading.Lock()
        self._at, self._answer = float("-inf"), None

    def answer(self) -> Any:
        """The answer, at most that old; those who ask meanwhile wait for the one that asks."""
        with self._lock:
            if time.monotonic() - self._at > self._known_for_s:
                self._answer, self._at = self._ask(), time.monotonic()
            return self._answer


class Figures:
    """A collector of everything: rows, and what all processes counted. A part that is away is said to be away."""

    def __init__(self, *, per_tenant: bool) -> None:
        self._per_tenant = per_tenant

    def collect(self) -> Iterator[Metric]:
        """Every family; ``autoriza_up`` says which parts could be asked."""
        from workers import broker, figures  # bound to the settings in use, see admin.console.engine

        up = GaugeMetricFamily("autoriza_up", "1 for a part that answered", labels=("part",))
        parts: tuple[tuple[str, Callable[[], Iterator[Metric]]], ...] = (
            ("database", lambda: facts.families(per_tenant=self._per_tenant)),
            ("redis", lambda: figures.families(broker.broker.client, QUEUES, broker.NAMESPACE)),
        )
        for name, read in parts:
            try:
                found = list(read())
            except (PeeweeException, redis.RedisError):
                up.add_metric([name], 0)
            else:
                up.add_metric([name], 1)
                yield from found
        yield up


def install(app: Flask, services: Services) -> None:
    """Add ``/healthz``, ``/readyz`` and, when there is a token for it, ``/metrics`` to ``app``; count its requests."""
    ready = Remembered(lambda: checks(services), READY_KNOWN_FOR_S)
    token = services.settings.metrics_token.get_secret_value()
    collector = Figures(per_tenant=services.settings.metrics_per_tenant)
    figures = Remembered(lambda: _written(collector), FIGURES_KNOWN_FOR_S)
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    app.add_url_rule("/readyz", "readyz", lambda: _readiness(ready.answer()))
    app.add_url_rule("/metrics", "metrics", lambda: _figures(token, figures))
    _count_requests(app)


def _readiness(found: list[Check]) -> Response:
    answer = jsonify({check.name: check.trouble or "ok" for check in found})
    answer.status_code = 503 if any(check.trouble for check in found) else 200
    return answer


def _figures(token: str, figures: Remembered) -> Response:
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return Response(
            "a bearer token is needed\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain"
        )
    return Response(figures.answer(), content_type=CONTENT_TYPE_LATEST)


def _written(collector: Figures) -> bytes:
    try:
        return generate_latest(collector)
    finally:
        if not database.is_closed():
            database.close()


def _count_requests(app: Flask) -> None:
    def start() -> None:
        g.since = time.monotonic()
        if _carried.acquire(blocking=False):
            _carry()

    def count(response: Response) -> Response:
        if "since" in g:
            kind = f"{response.status_code // 100}xx"
            metrics.REQUESTS.labels(kind).observe(time.monotonic() - g.since)
        return response

    app.before_request(start)
    app.after_request(count)


def _carry() -> None:
    """What begins in each process at its first request, after the fork."""
    from workers import broker, figures
    from workers.runtime import services

    figures.Carrier(broker.broker.client, "web", services().owner).start()
    error_reports.install(services().settings, "web")
