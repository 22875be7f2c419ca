"""Settings of who watches the service: metrics, alerts and where they go, error reports, traces."""

import re
from datetime import time
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from app.alert_kinds import Severity
from app.schedule_settings import ScheduleSettings

Minutes = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
_NEXT_CHANNEL = re.compile(r"[\s,]+(?=[a-zA-Z][a-zA-Z0-9+.-]*:)")
_STAGES = ("draft", "signed", "pending_authorization", "ride", "mail")
_LIMIT = re.compile(rf"({'|'.join(_STAGES)})=(\d{{1,5}}(\.\d+)?)")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class WatchSettings(ScheduleSettings):
    """Every knob of watching, with its default; part of ``app.config.Settings``."""

    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token that /metrics asks for; empty: there is no /metrics"
    )
    metrics_per_tenant: bool = Field(
        False, description="waiting documents and certificates also by tenant id; nothing else of a tenant"
    )
    alert_channels: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="who is told, separated by blanks: mailto:ops@example.ec (by SMTP_URL), "
        "webhook+https://host/path?secret=…, or any address that apprise knows; empty: nobody",
    )
    alert_least_severity: Severity = Field(
        "warning", description="alerts less grave than this stay in the console: info, warning or critical"
    )
    alert_quiet_hours: str = Field(
        "",
        description="22:00-06:00 in SCHEDULE_TIMEZONE: meanwhile only critical alerts are sent; empty: never quiet",
    )
    alert_link_local: bool = Field(
        False, description="lets a channel be at a link-local address, where clouds keep their credentials"
    )
    alert_failures_in_a_row: Count = Field(
        5, description="alert: more failures of one job in a row than this"
    )
    alert_run_minutes: Minutes = Field(5, description="alert: a run that has gone on for longer")
    alert_pending: Count = Field(100, description="alert: more documents of one taxpayer wait for the SRI")
    alert_pending_minutes: Minutes = Field(60, description="alert: a document has waited for longer")
    stage_limits: str = Field(
        "draft=5 signed=5 pending_authorization=15 ride=2 mail=30",
        description="minutes after which the oldest of each stage is called late on the start page",
    )
    alert_circuit_minutes: Minutes = Field(10, description="alert: a service of the SRI silent for longer")
    alert_silent_minutes: Minutes = Field(2, description="alert: no worker or scheduler heard of for longer")
    alert_disk_mb: Count = Field(500, description="alert: less space left where AUTORIZA_HOME is")
    sentry_dsn: SecretStr = Field(
        SecretStr(""), description="where errors are reported, scrubbed; empty: nowhere"
    )
    otel_exporter_otlp_endpoint: str = Field(
        "", description="OTLP/HTTP collector that gets a span per step and per call to the SRI; empty: none"
    )
    otel_exporter_otlp_headers: SecretStr = Field(
        SecretStr(""), description="headers for the collector: name=value,name=value"
    )

    @field_validator("alert_channels", mode="before")
    @classmethod
    def _split_channels(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(_NEXT_CHANNEL.split(value.strip())) if value.strip() else ()

    @field_validator("alert_quiet_hours")
    @classmethod
    def _a_span(cls, value: str) -> str:
        if value and not _SPAN.fullmatch(value):
            raise ValueError("two times of day, such as 22:00-06:00, or nothing")
        return value

    @field_validator("stage_limits")
    @classmethod
    def _known_stages(cls, value: str) -> str:
        if any(not _LIMIT.fullmatch(part) for part in value.split()):
            raise ValueError(f"such as draft=5 mail=30, in minutes; the stages are {', '.join(_STAGES)}")
        return value

    @property
    def stage_limits_s(self) -> dict[str, float]:
        """Seconds by stage; a stage that is not named is never late."""
        found = (part.partition("=") for part in self.stage_limits.split())
        return {stage: float(minutes) * 60 for stage, _, minutes in found}

    @property
    def quiet_span(self) -> tuple[time, time] | None:
        """From when until when it is quiet; the end may lie on the next day."""
        found = _SPAN.fullmatch(self.alert_quiet_hours)
        if found is None:
            return None
        from_hour, from_minute, to_hour, to_minute = (int(part) for part in found.groups())
        return time(from_hour, from_minute), time(to_hour, to_minute)
