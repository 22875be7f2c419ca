"""How the value of each qualifier is read: strictly, and with a sentence for what it cannot be."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from app.access_key import LENGTH
from app.contents import search_key
from app.documents.registry import TYPES
from app.ecuador import ECUADOR
from app.errors import Text
from app.lifecycle import State
from app.mail import addresses

NUMBER: Final = re.compile(r"(\d{3})[-\s]?(\d{3})[-\s]?(\d{1,9})", re.ASCII)
RUC: Final = re.compile(r"\d{13}", re.ASCII)
MESSAGE: Final = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE
)
SEQUENCE: Final = re.compile(r"\d{1,9}", re.ASCII)
"""A secuencial, whose zeros may be left out; whatever identifies a buyer has more digits."""
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
AMOUNT: Final = re.compile(r"\$?\s?(\d{1,10})(?:[.,](\d{1,2}))?", re.ASCII)
LARGEST_ID: Final = 2**63 - 1
LONGEST_VALUE: Final = 200
_CODE = re.compile(r"[A-Za-z0-9_]{1,40}", re.ASCII)
_CLOCK = re.compile(r"\d{4}-\d\d-\d\dt([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)|(\d\d)/(\d{4})", re.ASCII)
_AGO = re.compile(r"(\d{1,4})\s?(h|d)", re.ASCII)
_TODAY = frozenset({"hoy", "today"})
_YESTERDAY = frozenset({"ayer", "yesterday"})
_STATES: Final = {
    "borrador": State.DRAFT,
    "firmado": State.SIGNED,
    "pendiente": State.PENDING_AUTHORIZATION,
    "pending": State.PENDING_AUTHORIZATION,
    "devuelto": State.RETURNED,
    "devuelta": State.RETURNED,
    "rechazado": State.REJECTED,
    "no_autorizado": State.REJECTED,
    "autorizado": State.AUTHORIZED,
    **{str(state): state for state in State},
}
_ATTENTION: Final = {
    "person": "person",
    "persona": "person",
    "moving": "moving",
    "camino": "moving",
    "moving_mail": "moving_mail",
    "camino_o_correo": "moving_mail",
}
_TYPES: Final = {name: kind.code for kind in TYPES for name in (kind.code, kind.name)}


class Unclear(ValueError):
    """Words that mean nothing here; ``text`` says why to whoever wrote them."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.es)
        self.text = text


def text(written: str) -> str:
    """Any words of a sensible length."""
    if len(written) > LONGEST_VALUE or "\0" in written:
        raise Unclear(Text("es demasiado largo", "it is too long"))
    return written


def state(written: str) -> str:
    """A state, by our word or by that of the page."""
    found = _STATES.get(search_key(written).replace(" ", "_"))
    if found is None:
        raise Unclear(
            Text(f"los estados son {', '.join(_STATES)}", f"the states are {', '.join(map(str, State))}")
        )
    return str(found)


def code(written: str) -> str:
    """A code of the SRI or of the engine."""
    if not _CODE.fullmatch(written):
        raise Unclear(
            Text("un código son letras, dígitos y guiones bajos", "a code is letters, digits and underscores")
        )
    return written


def number(written: str) -> str:
    """001-002-000000003, however it is written."""
    found = NUMBER.fullmatch(written)
    if found is None:
        raise Unclear(
            Text(
                "un número es establecimiento, punto y secuencial",
                "a number is establishment, point and sequence",
            )
        )
    establishment, point, sequence = found.groups()
    return f"{establishment}-{point}-{int(sequence):09d}"


def sequence(written: str) -> str:
    """The last nine digits of a number, however many of their zeros are written."""
    if not SEQUENCE.fullmatch(written):
        raise Unclear(Text("un secuencial tiene hasta 9 dígitos", "a sequence has up to 9 digits"))
    return str(int(written))


def amount(written: str) -> str:
    """A total in dollars, cents after a point or a comma; no thousands apart."""
    found = AMOUNT.fullmatch(written)
    if found is None:
        raise Unclear(
            Text(
                "un valor son dólares y centavos, sin separar miles",
                "an amount is dollars and cents, thousands not apart",
            )
        )
    dollars, cents = found.groups("0")
    return f"{int(dollars)}.{cents:0<2}"


def key(written: str) -> str:
    """49 digits; blanks between them do not matter."""
    dense = written.replace(" ", "")
    if len(dense) != LENGTH or not (dense.isascii() and dense.isdigit()):
        raise Unclear(
            Text(f"una clave de acceso tiene {LENGTH} dígitos", f"an access key has {LENGTH} digits")
        )
    return dense


def doc_type(written: str) -> str:
    """A document type by its SRI code or its name."""
    found = _TYPES.get(search_key(written).replace(" ", "_"))
    if found is None:
        raise Unclear(Text(f"los tipos son {', '.join(_TYPES)}", f"the types are {', '.join(_TYPES)}"))
    return found


def attention(written: str) -> str:
    """Who or what a document waits for."""
    found = _ATTENTION.get(search_key(written).replace(" ", "_"))
    if found is None:
        known = dict.fromkeys(_ATTENTION.values())
        raise Unclear(Text(f"solo hay {', '.join(_ATTENTION)}", f"there are only {', '.join(known)}"))
    return found


def mail(written: str) -> str:
    """``bounced``, or an address as it is kept."""
    if search_key(written) in ("bounced", "devuelto", "rebotado", "returned"):
        return "bounced"
    address = addresses.normal(written)
    if address is None:
        raise Unclear(Text("es «bounced» o una dirección", "it is 'bounced' or an address"))
    return address


def row_id(written: str) -> str:
    """A positive bigint."""
    if (
        not (written.isascii() and written.isdigit())
        or len(written) > 19
        or not 0 < int(written) <= LARGEST_ID
    ):
        raise Unclear(Text("un id es un número entero positivo", "an id is a positive whole number"))
    return str(int(written))


def message(written: str) -> str:
    """The UUID of a message, lower case with its dashes."""
    if not MESSAGE.fullmatch(written):
        raise Unclear(
            Text("un id de mensaje son 32 dígitos hexadecimales", "a message's id is 32 hexadecimal digits")
        )
    dense = written.replace("-", "").lower()
    return "-".join((dense[:8], dense[8:12], dense[12:16], dense[16:20], dense[20:]))


def start_of_day(written: str) -> str:
    """The first moment of a day in Ecuador, the moment itself, or some hours or days ago; ISO, UTC."""
    return _moment(written, timedelta())


def end_of_day(written: str) -> str:
    """The first moment after a day in Ecuador, or the moment itself; ISO, UTC."""
    return _moment(written, timedelta(days=1))


def issued(written: str) -> str:
    """A day, a month, or from one to another: the first and the last day, as 2026-11-01..2026-11-30."""
    first, dots, last = written.partition("..")
    last = last if dots else first
    try:
        days = (_days(first)[0] if first else FIRST_DAY, _days(last)[1] if last else LAST_DAY)
    except Unclear:
        raise Unclear(
            Text(
                "los días de emisión se escriben 2026-11, 2026-11-24, hoy, ayer o 2026-11-01..2026-11-15",
                "days of issue are written 2026-11, 2026-11-24, today, yesterday or 2026-11-01..2026-11-15",
            )
        ) from None
    if days[0] > days[1] or written == "..":
        raise Unclear(Text("el primer día va antes que el último", "the first day goes before the last"))
    return f"{days[0]}..{days[1]}"


def midnight(day: date) -> datetime:
    """The first moment of ``day`` in Ecuador."""
    return datetime.combine(day, time(), ECUADOR)


def _moment(written: str, after: timedelta) -> str:
    now = datetime.now(ECUADOR)
    words = written.lower()
    if ago := _AGO.fullmatch(words):
        length = timedelta(hours=int(ago[1])) if ago[2] == "h" else timedelta(days=int(ago[1]))
        return (now - length).astimezone(UTC).isoformat()
    if _CLOCK.fullmatch(words):
        day, clock = _day(words[:10]), time.fromisoformat(words[11:])
        return datetime.combine(day, clock, ECUADOR).astimezone(UTC).isoformat()
    day = _day(words)
    return (midnight(day) + after).astimezone(UTC).isoformat()


def _days(written: str) -> tuple[date, date]:
    """The first and the last day of a month, or twice the same day."""
    if (month := _MONTH.fullmatch(written)) is None:
        return _day(written.lower()), _day(written.lower())
    year, number = (month[1], month[2]) if month[1] else (month[4], month[3])
    first = _day(f"{year}-{number}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _day(written: str) -> date:
    today = datetime.now(ECUADOR).date()
    if written in _TODAY:
        return today
    if written in _YESTERDAY:
        return today - timedelta(days=1)
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            found = datetime.strptime(written, shape)  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
        if FIRST_DAY <= found.date() <= LAST_DAY:
            return found.date()
    raise Unclear(
        Text(
            "una fecha se escribe 2026-11-01, 01/11/2026, 2026-11-01T08:30, hoy, ayer, 3d o 12h",
            "a date is written 2026-11-01, 01/11/2026, 2026-11-01T08:30, today, yesterday, 3d or 12h",
        )
    )
