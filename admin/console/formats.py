"""How times, amounts and sizes are shown; texts and other small things every template uses."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from babel import dates, numbers
from flask import Flask, current_app, url_for
from flask_login import current_user
from markupsafe import Markup

from admin.console import csrf, door, headers, navigation, preferences, texts, witness
from admin.console.texts import DAY, t
from app import der
from app.access import Access
from app.ecuador import ECUADOR
from app.sri.gateway import Environment

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def install(app: Flask) -> None:
    """Give the templates of ``app`` their filters and functions."""
    app.config["ASSETS"] = {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest()[:12]
        for one in Path(app.static_folder or "").iterdir()
    }
    for show in (moment, ago, clock, day, money, number, span, size, browser):
        app.jinja_env.filters[show.__name__] = show
    app.jinja_env.globals.update(
        t=t,
        marked=texts.marked,
        word=texts.word,
        spoken=texts.spoken,
        reread=texts.reread,
        dated=texts.dated,
        has=texts.has,
        within=texts.within,
        readable_name=der.readable,
        reread_cause=texts.reread_cause,
        reason_of=witness.reason_of,
        count_of=count_of,
        visitor=_visitor,
        may=door.may,
        menu=navigation.groups,
        ambientes=navigation.ambientes,
        asset=lambda name: url_for("static", filename=name, v=current_app.config["ASSETS"][name]),
        nonce=headers.nonce,
        csrf_token=csrf.token,
        language=texts.language,
        chosen_theme=preferences.theme,
        environment=lambda code: Environment(code).name.lower(),
    )


def moment(at: datetime | None) -> Markup:
    """A moment in America/Guayaquil, to the second; the same in UTC as its title."""
    if at is None:
        return Markup("—")
    return _time(at, local(at), _utc(at))


def ago(at: datetime | None) -> Markup:
    """How long ago, or in how long; the moment itself, in both zones, as its title."""
    if at is None:
        return Markup("—")
    seconds = (datetime.now(UTC) - at).total_seconds()
    whole = span(max(int(abs(seconds)), 1))
    said = t("time.ago", span=whole) if seconds >= 0 else t("time.in", span=whole)
    return _time(at, said, f"{local(at)} Ecuador · {_utc(at)}")


def clock(at: datetime) -> Markup:
    """The hour, with its day unless it is today, within a sentence; the moment itself, in both zones, as its title."""
    there, now = at.astimezone(ECUADOR), datetime.now(ECUADOR)
    today = there.date() == now.date()
    said = t("time.clock" if today else "time.clock_of", clock=f"{there:%H:%M}", day=day(there.date()))
    return _time(at, said, f"{local(at)} Ecuador · {_utc(at)}")


def day(on: date | None) -> str:
    """A date with the month in letters, so that day and month cannot be taken for each other."""
    return dates.format_date(on, DAY, locale=preferences.locale()) if on else "—"


def money(amount: Decimal) -> str:
    """US dollars, the currency of Ecuador, as the reader's language writes them."""
    return numbers.format_currency(amount, "USD", locale=preferences.locale())


def number(count: int | float | Decimal | None, digits: int = 0) -> str:
    """A number with its thousands and decimals apart as the reader's language has it."""
    if count is None:
        return "—"
    shape = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(count, shape, locale=preferences.locale())


def count_of(key: str, count: int) -> str:
    """So many of something, the number as the reader's language writes it: ``key.one`` for one, else ``key.many``."""
    return t(f"{key}.one") if count == 1 else t(f"{key}.many", n=number(count))


def span(seconds: float | None) -> str:
    """A length of time in its largest unit and the one below; finer when it is short."""
    if seconds is None:
        return "—"
    if seconds < 1:
        return f"{max(seconds, 0) * 1_000:.0f} ms"
    if seconds < 10:
        return f"{number(seconds, 1)} s"
    left, counts = int(seconds), list[tuple[int, str]]()
    for length, unit in UNITS:
        count, left = divmod(left, length)
        if count or counts:
            counts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in counts[:2] if count)


def size(octets: int | None) -> str:
    """A file's size."""
    if octets is None:
        return "—"
    if octets < 1_024:
        return f"{octets} B"
    kilobytes = octets / 1_024
    return f"{number(kilobytes, 1)} KB" if kilobytes < 1_024 else f"{number(kilobytes / 1_024, 1)} MB"


def browser(agent: str | None) -> str:
    """Which browser on which system a User-Agent speaks of; the beginning of it when neither is known."""
    if not agent:
        return "—"
    program = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (program, system))) or agent[:60]


def local(at: datetime) -> str:
    """A moment in America/Guayaquil, to the second, as plain text."""
    return dates.format_datetime(at, f"{DAY} HH:mm:ss", tzinfo=ECUADOR, locale=preferences.locale())


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _time(at: datetime, said: str, title: str) -> Markup:
    machine = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, title, said)


def _visitor() -> Access | None:
    return current_user.access if current_user.is_authenticated else None
