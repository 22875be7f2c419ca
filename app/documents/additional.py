"""infoAdicional: fourteen fields of the taxpayer's own, one of the provider's, and the legend of big taxpayers."""

import re
from collections.abc import Iterator, Mapping, Sequence

from app.documents.base import Issuer
from app.documents.blocks import Extra
from app.documents.grammar import STRUCTURE
from app.documents.structures import MOST_FIELDS
from app.errors import Problem, Text

TENANT_FIELDS = MOST_FIELDS - 1  # one is kept for the provider
PROVIDER = "RUC Proveedor"  # ficha v2.34 anexo 26: this spelling, always
BIG_TAXPAYER = "Gran Contribuyente"  # ficha anexo 24


def rules(fields: Sequence[Extra]) -> Iterator[Problem]:
    """Not too many, none that is the provider's, and no runs of spaces, at which the SRI's reader stumbles."""
    if len(fields) > TENANT_FIELDS:
        rule = Text(
            f"admite {TENANT_FIELDS} campos: el decimoquinto es del proveedor",
            f"allows {TENANT_FIELDS} fields: the fifteenth is the provider's",
        )
        yield Problem(
            "infoAdicional", rule, Text("Quite los que sobran", "Remove the excess ones"), STRUCTURE
        )
    for place, field in enumerate(fields, 1):
        if is_provider(field.nombre):
            rule = Text(f"«{PROVIDER}» lo escribe el proveedor", f"'{PROVIDER}' is the provider's to write")
            yield Problem(f"infoAdicional[{place}].nombre", rule, Text("Quite el campo", "Remove the field"))
        for name, text in (("nombre", field.nombre), ("valor", field.valor)):
            if "  " in text:
                rule = Text("contiene espacios seguidos", "contains a run of spaces")
                fix = Text("Deje un solo espacio", "Leave a single space")
                yield Problem(f"infoAdicional[{place}].{name}", rule, fix, STRUCTURE)


def is_provider(name: str) -> bool:
    """True for the provider's field in any spelling."""
    return _bare(name) == _PROVIDER


def is_added(name: str) -> bool:
    """True for a field that signing adds of itself: the provider's, and the legend of a big taxpayer."""
    return is_provider(name) or _bare(name) == _BIG_TAXPAYER


def with_issuer(fields: Sequence[Mapping[str, str]], issuer: Issuer) -> list[Mapping[str, str]]:
    """The document's own fields, then the legend of a big taxpayer, then the provider's RUC, which is always last."""
    own = list(fields)
    if issuer.gran_contribuyente and not _has_legend(fields):
        own.append({"nombre": BIG_TAXPAYER, "valor": issuer.gran_contribuyente})
    if issuer.provider_ruc:
        own.append({"nombre": PROVIDER, "valor": issuer.provider_ruc})
    return own


def no_room_for_legend(fields: Sequence[Mapping[str, str]]) -> Problem | None:
    """The refusal of a big taxpayer's document whose fields leave no room for the legend it must carry."""
    if len(fields) < TENANT_FIELDS or _has_legend(fields):
        return None
    rule = Text(
        f"admite {TENANT_FIELDS - 1} campos: los otros dos son «{BIG_TAXPAYER}» y «{PROVIDER}»",
        f"allows {TENANT_FIELDS - 1} fields: the other two are '{BIG_TAXPAYER}' and '{PROVIDER}'",
    )
    return Problem("infoAdicional", rule, Text("Quite los que sobran", "Remove the excess ones"), STRUCTURE)


def _has_legend(fields: Sequence[Mapping[str, str]]) -> bool:
    return any(_bare(field["nombre"]) == _BIG_TAXPAYER for field in fields)


def _bare(name: str) -> str:
    return _NO_LETTER.sub("", name).casefold()


_NO_LETTER = re.compile(r"\W")
_PROVIDER, _BIG_TAXPAYER = _bare(PROVIDER), _bare(BIG_TAXPAYER)
