"""How times, amounts and sizes are shown; texts and other small things every template uses."""

import hashlib
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, current_app, url_for
from flask_login import current_user
from markupsafe import Markup

from admin.console import csrf, texts
from admin.console.texts import t
from app.people import Access
from app.sri.gateway import Environment

ECUADOR = ZoneInfo("America/Guayaquil")
_OUTCOMES = (
    (re.compile(r"moved to (\w+)"), "said.moved"),
    (re.compile(r"again in (.+)", re.DOTALL), "said.again"),
    (re.compile(r"waits for a person: (.+)", re.DOTALL), "said.parked"),
    (re.compile(r"nothing to do"), "said.nothing"),
    (re.compile(r"stored"), "said.stored"),
    (re.compile(r"sent"), "said.sent"),
    (re.compile(r"done"), "said.done"),
)
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def install(app: Flask) -> None:
    """Give the templates of ``app`` their filters and functions."""
    style = Path(app.static_folder or "") / "console.css"
    app.config["STYLE"] = hashlib.sha256(style.read_bytes()).hexdigest()[:12]
    for show in (moment, ago, day, money, span, size, outcome):
        app.jinja_env.filters[show.__name__] = show
    app.jinja_env.globals.update(
        t=t,
        word=texts.word,
        visitor=_visitor,
        menu=lambda: current_app.extensions["admin"][0].menu(),
        asset=lambda name: url_for("static", filename=name, v=current_app.config["STYLE"]),
        csrf_token=csrf.token,
        environment=lambda code: Environment(code).name.lower(),
    )


def moment(at: datetime | None) -> Markup:
    """A moment in America/Guayaquil, to the second; the same in UTC as its title."""
    if at is None:
        return Markup("—")
    local = at.astimezone(ECUADOR)
    return _time(at, f"{day(local.date())} {local:%H:%M:%S}", f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")


def ago(at: datetime | None) -> Markup:
    """How long ago, or in how long; the moment itself, in both zones, as its title."""
    if at is None:
        return Markup("—")
    seconds = (datetime.now(UTC) - at).total_seconds()
    said = t("time.ago", span=span(seconds)) if seconds >= 0 else t("time.in", span=span(-seconds))
    local = at.astimezone(ECUADOR)
    title = f"{day(local.date())} {local:%H:%M:%S} Ecuador · {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return _time(at, said, title)


def day(on: date | None) -> str:
    """A date with the month in letters, so that day and month cannot be taken for each other."""
    return f"{on.day:02d} {t('time.months').split()[on.month - 1]} {on.year}" if on else "—"


def money(amount: Decimal) -> str:
    """US dollars, the currency of Ecuador, as they are written there."""
    plain = f"{amount:,.2f}"
    return "$ " + plain.replace(",", "\u00a0").replace(".", ",").replace("\u00a0", ".")


def span(seconds: float | None) -> str:
    """A length of time in its two largest units; finer when it is short."""
    if seconds is None:
        return "—"
    if seconds < 1:
        return f"{max(seconds, 0) * 1_000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".", ",")
    left, said = int(seconds), []
    for length, unit in UNITS:
        count, left = divmod(left, length)
        if count:
            said.append(f"{count} {unit}")
    return " ".join(said[:2])


def size(octets: int | None) -> str:
    """A file's size."""
    if octets is None:
        return "—"
    return f"{octets} B" if octets < 1_024 else f"{octets / 1_024:,.1f} KB".replace(".", ",")


def outcome(said: str | None) -> str:
    """What the engine says of a run, in the console's language; whatever it does not know, as it was said."""
    if not said:
        return "—"
    for shape, key in _OUTCOMES:
        if found := shape.fullmatch(said):
            rest = texts.word("state", found[1]) if found.groups() else ""
            return t(key, rest=rest) if rest else t(key)
    return said


def _time(at: datetime, said: str, title: str) -> Markup:
    machine = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, title, said)


def _visitor() -> Access | None:
    return current_user.access if current_user.is_authenticated else None
