"""Sentences of the service that are kept with a row, in Spanish, and are read by people in their own language.

One template each says how it is written and how it is recognised again, so that nothing is kept twice and what was kept
before there was a second language is read in it too. What a person wrote is nobody's sentence and stays as it is.
"""

import re
from functools import lru_cache
from typing import Final

from app.errors import Text

_TEMPLATES: Final[dict[str, Text]] = {
    "undecided": Text(
        "el SRI no ha decidido en {hours} horas: consulte el comprobante en el portal del SRI",
        "the SRI has not decided in {hours} hours: look the document up on the SRI's site",
    ),
    "not_taken": Text(
        "el SRI todavía no ha recibido el comprobante", "the SRI has not taken the document yet"
    ),
    "not_decided": Text("el SRI todavía no ha decidido", "the SRI has not decided yet"),
    "other_keys_asked": Text(
        "otra clave tiene el número: se pregunta por las otras nuestras",
        "another key has the number: our own others are asked about",
    ),
    "certificate_unchecked": Text(
        "el SRI no pudo comprobar el certificado; se reenvía una vez",
        "the SRI could not check the certificate; resending once",
    ),
    "unknown_word": Text(
        "el SRI respondió «{word}», que nadie conoce", "the SRI answered '{word}', which nobody knows"
    ),
    "key_of_another_sale": Text(
        "el SRI autorizó la clave {key} para otra venta: esta base olvidó números ya tomados; "
        "ejecute «autoriza reconcile»",
        "the SRI authorized the key {key} for another sale: this database forgot numbers that were taken; "
        "run 'autoriza reconcile'",
    ),
    "number_of_another_sale": Text(
        "el SRI autorizó {key} para otra venta, que aquí no consta: descárguela de su portal, y dé a esta "
        "un número propio con «autoriza document correct {document} --new-number --reason …»",
        "the SRI authorized {key} for another sale, which is not on record here: download it from its site, and give "
        "this one a number of its own with 'autoriza document correct {document} --new-number --reason …'",
    ),
    "maybe_issued": Text(
        "puede que ya esté emitido como {number}: mismo comprador y total; compárelos, y si es otra venta "
        "siga con «autoriza document retry {document}»",
        "it may be issued already as {number}: same buyer and total; compare them, and if it is another sale "
        "go on with 'autoriza document retry {document}'",
    ),
    "adopted": Text(
        "lo conocía el SRI y no esta base, restaurada de un respaldo",
        "the SRI knew of it and this database, restored from a backup, did not",
    ),
    "numbers_unknown": Text(
        "tras restaurar un respaldo, el SRI no los conoce",
        "after a backup was restored, the SRI does not know them",
    ),
    "all_asked": Text(
        "el SRI respondió por todos los números posibles", "the SRI answered about every possible number"
    ),
    "restored": Text(
        "la base de datos se restauró de un respaldo o se movió: antes de numerar hay que preguntar al SRI qué se "
        "emitió desde entonces; ejecute «autoriza reconcile --all» (guía «Restaurar un respaldo»)",
        "the database was restored from a backup or moved: before anything is numbered the SRI must be asked what was "
        "issued since; run 'autoriza reconcile --all' (guide 'Restore a backup')",
    ),
    "crashed": Text(
        "el proceso cayó {times} veces trabajando en esta fila",
        "the process died {times} times working on this row",
    ),
    "failed": Text("falló {times} veces: {error}", "it failed {times} times: {error}"),
    "no_access_key": Text(
        "el comprobante {document} está en {state} sin clave de acceso: no se puede enviar ni consultar",
        "document {document} is in {state} without an access key: it can be neither sent nor asked about",
    ),
    "mail_undelivered": Text(
        "el correo de {number} para {to} no salió en {hours} horas: {why}",
        "the mail of {number} to {to} did not leave in {hours} hours: {why}",
    ),
    "no_certificate": Text(
        "no hay certificado de firma: cargue uno (autoriza certificate add)",
        "there is no signing certificate: add one (autoriza certificate add)",
    ),
    "no_certificate_yet": Text(
        "no hay certificado de firma: el siguiente firma desde el {start}",
        "there is no signing certificate: the next one signs from {start}",
    ),
    "certificate_not_valid": Text(
        "el certificado vale del {first} al {last}: cargue uno vigente",
        "the certificate is valid from {first} to {last}: add a valid one",
    ),
    "certificate_not_valid_yet": Text(
        "el certificado vale del {first} al {last}: el siguiente firma desde el {start}",
        "the certificate is valid from {first} to {last}: the next one signs from {start}",
    ),
    "next_certificate": Text(
        "el siguiente certificado firma desde el {start}", "the next certificate signs from {start}"
    ),
    "sequence_exhausted": Text(
        "el punto de emisión {place} agotó sus secuenciales: use otro",
        "the emission point {place} has used up its sequence numbers: use another",
    ),
    "repaired": Text("reparado desde la página Motor", "repaired from the page Engine"),
    "time_has_come": Text("llegó la hora indicada", "the time that was set has come"),
    "second_factor": Text("código del segundo factor", "code of the second factor"),
}
LONGEST_CAUSE: Final = 160
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def said(name: str, **facts: object) -> Text:
    """The sentence ``name`` in both languages; what is kept of it is the Spanish one."""
    return Text(*(sentence.format(**facts) for sentence in _TEMPLATES[name]))


@lru_cache(maxsize=2_048)
def read(kept: str) -> Text:
    """What is kept, in both languages when it is a sentence of ours; else as it is in both."""
    for pattern, english in _KNOWN:
        if found := pattern.fullmatch(kept):
            return Text(kept, english.format(**found.groupdict()))
    return Text(kept, kept)


@lru_cache(maxsize=2_048)
def read_cause(kept: str) -> Text:
    """The same of what the database calls a cause: a sentence without quotations and figures, or its beginning."""
    for pattern, beginning, english in _CAUSES:
        if found := pattern.fullmatch(kept):
            return Text(kept, english.format(**found.groupdict()))
        if len(kept) >= LONGEST_CAUSE and kept.startswith(beginning):
            return Text(kept, _PLACEHOLDER.sub("…", english))
    return Text(kept, kept)


def _pattern(sentence: str) -> re.Pattern[str]:
    literal = _PLACEHOLDER.split(sentence)
    parts = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)" for place, part in enumerate(literal)]
    return re.compile("".join(parts), re.DOTALL)


def _unquoted(sentence: str) -> str:
    """What the database function ``cause_of`` leaves of it."""
    return re.sub("[0-9]+", "#", re.sub("«[^»]*»|\"[^\"]*\"|'[^']*'", "…", sentence))


_CAUSES: Final = tuple(
    (_pattern(_unquoted(es)), _PLACEHOLDER.split(_unquoted(es))[0], re.sub("'[^']*'", "…", en))
    for es, en in _TEMPLATES.values()
    if not es.startswith("{")
)
_KNOWN: Final = tuple((_pattern(es), en) for es, en in _TEMPLATES.values())
