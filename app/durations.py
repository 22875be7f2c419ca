"""Lengths of time in words, for sentences that are written once and kept: alerts, refusals, reasons."""

from app.errors import Text

_UNITS = ((86_400, "días", "days"), (3_600, "horas", "hours"), (60, "minutos", "minutes"))


def in_words(seconds: float) -> Text:
    """A length of time in the largest unit of which there are at least two: "90 segundos", "2 horas"."""
    for size, es, en in _UNITS:
        if seconds >= 2 * size:
            return Text(f"{round(seconds / size)} {es}", f"{round(seconds / size)} {en}")
    whole = round(seconds)
    return Text("1 segundo", "1 second") if whole == 1 else Text(f"{whole} segundos", f"{whole} seconds")
