"""Interruptions of the SRI on record, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "outage.title": "Interrupciones del SRI",
    "outage.lately": "Últimas interrupciones",
    "outage.was": "El SRI no respondió ({service}, {environment})",
    "outage.is": "El SRI no responde ({service}, {environment})",
    "outage.stretch": "desde {since}",
    "outage.service": "Servicio",
    "outage.since": "Desde",
    "outage.until": "Hasta",
    "outage.lasts": "todavía dura",
    "outage.length": "Duró",
    "outage.why": "Por qué",
    "outage.in_the_end": "Al final: {why}",
    "outage.probes.one": "se probó una vez",
    "outage.probes.many": "se probó {n} veces",
    "outage.calls": "Ver las llamadas",
    "outage.calls_of": "Ver las llamadas: {outage}",
    "outage.available": "disponible {share}\u00a0% en {days} días",
    "outage.available_since": "disponible {share}\u00a0% desde {since}, cuando empezó el registro",
    "outage.on_record": "en registro desde {since}",
    "outage.never": "sin interrupciones",
    "outage.times.one": "una interrupción",
    "outage.times.many": "{n} interrupciones",
    "outage.away": "{times}, {length} sin responder",
    "outage.counted": "Medido con las llamadas de autoriza: una interrupción empieza cuando varias seguidas quedan sin "
    "respuesta útil y termina con la respuesta siguiente.",
    "outage.shorter.one": "Hubo además una interrupción más corta del SRI, que no se muestra.",
    "outage.shorter.many": "Hubo además {n} interrupciones más cortas del SRI, que no se muestran.",
}
