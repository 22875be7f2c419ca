"""Settings of one installation: the only reader of the environment."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from app.errors import Misconfigured
from app.kill_points import Point
from app.watch_settings import WatchSettings

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class Settings(WatchSettings):
    """Every knob, with its default. Read once per process, then passed down; a wrong value stops the boot."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore")

    autoriza_home: Path = Field(Path(".autoriza"), description="folder of embedded servers, storage and logs")
    database_url: str = Field(
        "", repr=False, description="postgresql://…; empty: an embedded PostgreSQL (up, demo, tests)"
    )
    redis_url: str = Field(
        "", repr=False, description="redis://, rediss:// or unix://; empty: an embedded Valkey"
    )
    storage_url: str = Field("", description="file:///… or s3://…; empty: AUTORIZA_HOME/storage")
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Fernet keys separated by commas; the first encrypts, all decrypt"
    )
    session_secret: SecretStr = Field(
        SecretStr(""), description="signs console sessions; at least 32 characters"
    )

    sri_pruebas_url: str = Field("https://celcer.sri.gob.ec", description="the SRI's test host")
    sri_produccion_url: str = Field("https://cel.sri.gob.ec", description="the SRI's production host")
    sri_connect_timeout_s: Annotated[float, Field(gt=0, le=10)] = Field(
        4, description="limit to connect to the SRI"
    )
    sri_read_timeout_s: Annotated[float, Field(gt=0, le=20)] = Field(
        15, description="limit between two bytes"
    )
    sri_total_timeout_s: Annotated[float, Field(gt=0, le=20)] = Field(20, description="limit of a whole call")

    sri_max_age_days: Annotated[int, Field(ge=0)] = Field(
        90,
        description="a date older than this is refused as the SRI would, with 65; 0: any age, never in producción",
    )
    ruc_proveedor: str = Field(
        "",
        description="RUC of who supplies this installation, written into every document (ficha anexo 26); empty: none",
    )

    bulk_per_s: Count = Field(100, description="documents a bulk operation does per second")
    bulk_confirm_over: Count = Field(
        1_000,
        description="documents of a bulk operation beyond which their number is typed, or a second person approves",
    )
    export_max_rows: Count = Field(
        500_000, description="rows of one export; what is beyond is left out of its file"
    )
    export_days: Count = Field(7, description="days an export's file is kept")
    export_at_once: Count = Field(2, description="exports of one person that may be under way at a time")
    worker_processes: Count = Field(2, description="processes for the queues sweep, sri and sign")
    worker_threads: Count = Field(8, description="threads of each of those processes")
    ride_processes: Count = Field(1, description="processes for the queue ride")
    ride_threads: Count = Field(
        2, description="threads of each of those: one draws while one waits for a commit"
    )
    mail_processes: Count = Field(1, description="processes for the queue mail; none while SMTP_URL is empty")
    mail_threads: Count = Field(4, description="threads of each of those processes")
    sri_calls_per_s: Annotated[float, Field(ge=0)] = Field(
        20, description="calls per second to each SRI service, all tenants together; 0 is no limit"
    )
    sri_calls_per_tenant_s: Annotated[float, Field(ge=0)] = Field(
        2, description="calls per second of one tenant to each SRI service; 0 is no limit"
    )
    sri_burst_s: Annotated[float, Field(ge=0, le=60)] = Field(
        2, description="seconds of calls that may be made at once after a pause"
    )
    circuit_opens_after: Count = Field(
        5, description="SRI calls in a row without an answer that open the circuit"
    )
    circuit_probe_s: Seconds = Field(30, description="pause between two probes while the circuit is open")
    queue_depth: Count = Field(200, description="messages of one queue beyond which sweeps wait with more")
    queue_wait_s: Seconds = Field(
        0.5, description="how long the next message of a queue may have waited before sweeps wait with more"
    )
    job_retention_hours: Seconds = Field(24, description="how long runs that succeeded are kept")
    failed_job_retention_days: Seconds = Field(30, description="how long runs that failed are kept")
    lease_s: Seconds = Field(40, description="how long a claim holds a row")
    republish_s: Seconds = Field(10, description="how long a published row is left to its message")
    sweep_batch: Count = Field(50, description="messages a sweep of one tenant sends at once")
    ask_before_resend_s: Seconds = Field(
        60, description="how long three empty answers must span before a resend"
    )
    poll_for_hours: Seconds = Field(24, description="how long the SRI may take before a person is asked")

    signature_digest: Literal["sha1", "sha256"] = Field(
        "sha1",
        description="digest of new signatures: the ficha prescribes sha1; the SRI has been seen to take sha256",
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://user:password@host:587/?starttls=1 or smtps://…; empty: what goes to buyers waits",
    )
    mail_from: str = Field("", description="address that mail to buyers comes from and bounces to")
    mail_bounces_to: str = Field(
        "",
        description="address that mail comes back to, as name+TOKEN@domain; empty: to MAIL_FROM as it is",
    )
    mail_connect_timeout_s: Annotated[float, Field(gt=0, le=10)] = Field(
        5, description="limit to connect to the mail server"
    )
    mail_read_timeout_s: Annotated[float, Field(gt=0, le=20)] = Field(
        10, description="limit of each of its answers"
    )
    mail_total_timeout_s: Annotated[float, Field(gt=0, le=30)] = Field(
        20, description="limit of one delivery as a whole"
    )
    mail_for_hours: Seconds = Field(
        24, description="how long a delivery is tried again before a person is asked"
    )
    ride_attach_xml: bool = Field(
        False, description="the RIDE's PDF carries the authorized XML as an attachment"
    )

    verify_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.05,
        description="share of signatures checked again by a second implementation before they are stored",
    )
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8000, description="port of the console")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least severe line logged"
    )
    autoriza_language: Literal["es", "en"] = Field(
        "es", description="language of problems, notices and commands, for people"
    )
    time_scale: Annotated[float, Field(gt=0, le=1)] = Field(
        1, description="factor on what polls, retries and sweeps wait; below 1 only against a simulator"
    )
    autoriza_testing: bool = Field(False, description="for trials only: lets AUTORIZA_KILL_POINT be honoured")
    autoriza_kill_point: Point | Literal[""] = Field(
        "", description="for trials only: where a process dies once AUTORIZA_HOME/kill exists"
    )
    behind_tls_proxy: bool = Field(
        False,
        description="people reach the console through one TLS proxy (Heroku): its X-Forwarded headers are believed",
    )

    @model_validator(mode="after")
    def _calls_end_before_leases(self) -> Self:
        for name in ("sri_total_timeout_s", "mail_total_timeout_s"):
            limit = getattr(self, name)
            if limit >= self.lease_s:
                raise ValueError(f"{name.upper()}={limit:g} must be below LEASE_S={self.lease_s:g}")
        return self

    @property
    def sends_mail(self) -> bool:
        """Whether there is a mail server; without one, deliveries wait and nobody is alarmed."""
        return bool(self.smtp_url.get_secret_value())

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.sends_mail:
            parts = urlsplit(self.smtp_url.get_secret_value())
            if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
                raise ValueError("SMTP_URL must look like smtp://user:password@host:587/?starttls=1")
            if "@" not in self.mail_from:
                raise ValueError("MAIL_FROM must be an address when SMTP_URL is set")
        local, _, domain = self.mail_bounces_to.rpartition("@")
        if self.mail_bounces_to and not (0 < len(local) <= 20 and domain and "+" not in local):
            raise ValueError(
                "MAIL_BOUNCES_TO must be a plain address with at most 20 characters before its @"
            )
        return self

    @model_validator(mode="after")
    def _trials_stay_away_from_the_sri(self) -> Self:
        hastened = self.time_scale < 1 or self.autoriza_testing
        if hastened and (urlsplit(self.sri_produccion_url).hostname or "").endswith("sri.gob.ec"):
            raise ValueError(
                "TIME_SCALE below 1 and AUTORIZA_TESTING are for trials: "
                "SRI_PRODUCCION_URL must be a simulator, not the SRI"
            )
        return self

    @field_validator("database_url")
    @classmethod
    def _as_peewee_writes_it(cls, value: str) -> str:
        return re.sub("^postgres://", "postgresql://", value)  # Heroku's way of writing it

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("ruc_proveedor")
    @classmethod
    def _a_ruc(cls, value: str) -> str:
        if not re.fullmatch("([0-9]{10}001)?", value):
            raise ValueError("13 digits that end in 001, or nothing")
        return value


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment and ``.env``.

    Raises ``Misconfigured`` with a sentence per wrong value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Misconfigured(
            ". ".join(_sentence(e["loc"], e["input"], e["msg"]) for e in error.errors())
        ) from None


def secret_from_environment(name: str) -> str:
    """The value of the variable a person named, so that a password never stands on a command line.

    Raises ``Misconfigured`` when it is not set.
    """
    try:
        return os.environ[name]
    except KeyError as error:
        raise Misconfigured(
            f"the environment variable {name} is not set: export it with the password"
        ) from error


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment for a child process that is to work with ``settings``: ours, with theirs on top."""
    values = {name.upper(): _written(getattr(settings, name)) for name in Settings.model_fields}
    return {**os.environ, **values, "AUTORIZA_HOME": str(settings.autoriza_home.resolve())}


def _written(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case tuple():
            return ",".join(_written(part) for part in value)
        case _:
            return str(value)


def _sentence(location: tuple[int | str, ...], value: object, message: str) -> str:
    if not location:
        return message.removeprefix("Value error, ")
    name = str(location[0]).upper()
    shown = "…" if _is_secret(str(location[0])) else repr(value)
    return f"{name}={shown}: {message}"


def _is_secret(name: str) -> bool:
    field = Settings.model_fields.get(name)
    return field is not None and (not field.repr or "SecretStr" in str(field.annotation))
