"""What a notice says about an alert, in the language of the installation."""

from datetime import datetime
from typing import Any, Final

from app import alert_subjects
from app.alert_kinds import KINDS
from app.ecuador import ECUADOR
from app.errors import Language, Text

_MARKS: Final = {
    "critical": Text("CRÍTICO", "CRITICAL"),
    "warning": Text("atención", "attention"),
    "info": Text("aviso", "notice"),
}
_OVER: Final = Text("resuelto", "over")
_OVER_NOW: Final = Text("Ya está resuelto. Mientras duró:", "This is over. While it lasted:")
_ABOUT, _SINCE = Text("Asunto", "About"), Text("Desde", "Since")
_TAXPAYER, _ENDED = Text("Contribuyente", "Taxpayer"), Text("Resuelto", "Over since")
_TEST_TITLE: Final = Text("Prueba de avisos", "Test of notices")
_TEST: Final = Text(
    "Este es un aviso de prueba de autoriza: las alertas de esta instalación llegan aquí.",
    "This is a test notice of autoriza: the alerts of this installation come here.",
)


def title(alert: Any, taxpayer: str, language: Language, *, over: bool) -> str:
    """The one line that must say enough on a phone; ``taxpayer`` is empty for what concerns the installation."""
    known = KINDS.get(alert.kind)
    name = known.title.read_in(language) if known else alert.kind
    mark = (_OVER if over else _MARKS[alert.severity]).read_in(language)
    return f"[autoriza: {mark}] {name}" + (f" · {taxpayer}" if taxpayer else "")


def text(alert: Any, taxpayer: str, language: Language, *, over: bool) -> str:
    """The sentence of the alert, what it is about, since when (Ecuador's time) and whose it is."""
    lines = [_OVER_NOW.read_in(language)] if over else []
    about = alert_subjects.in_words(alert.kind, alert.subject)
    facts = [(_ABOUT, about.read_in(language)), (_SINCE, _at(alert.raised_at))]
    facts += [(_TAXPAYER, taxpayer)] if taxpayer else []
    facts += [(_ENDED, _at(alert.resolved_at))] if over else []
    lines += [alert.said.read_in(language), ""]
    lines += [f"{name.read_in(language)}: {value}" for name, value in facts]
    return "\n".join(lines) + "\n"


def test(language: Language) -> tuple[str, str]:
    """Title and text of what is sent to try a channel."""
    return f"[autoriza] {_TEST_TITLE.read_in(language)}", _TEST.read_in(language) + "\n"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(ECUADOR):%Y-%m-%d %H:%M}"
