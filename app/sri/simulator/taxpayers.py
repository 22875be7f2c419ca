"""The simulator's register of taxpayers (padrón): who may issue where; whoever is not in it is in order.

A JSON object of RUC to standing, each fact optional:

    {"1790012345001": {"active": false},
     "1790016919001": {"closed_establishments": ["003"], "permits": ["pruebas"]}}

``active``                     false: 2
``sanctioned``                 true: 63, the whole RUC is closed by sanction
``closed_establishments``      3 digits each: 56
``sanctioned_establishments``  3 digits each: 10
``permits``                    ambientes it may issue in, "pruebas" and "produccion"; missing: 37
``suspended``                  true: 57, its permit is suspended
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from app.errors import Misconfigured

AMBIENTES: Final = {"1": "pruebas", "2": "produccion"}
_RUC: Final = re.compile(r"\d{10}001")


@dataclass(frozen=True)
class Standing:
    """How a taxpayer stands with the SRI."""

    active: bool = True
    sanctioned: bool = False
    closed_establishments: frozenset[str] = frozenset()
    sanctioned_establishments: frozenset[str] = frozenset()
    permits: frozenset[str] = frozenset(AMBIENTES.values())
    suspended: bool = False

    def refusal(self, access_key: str) -> tuple[str, str] | None:
        """Code and detail of the first reason not to authorize ``access_key``: issuer, establishment, permit."""
        establishment, ambiente = access_key[24:27], AMBIENTES.get(access_key[23], "")
        reasons = (
            (not self.active, "2", "El RUC no está activo"),
            (self.sanctioned, "63", "El RUC está clausurado"),
            (establishment in self.closed_establishments, "56", f"Establecimiento {establishment} cerrado"),
            (
                establishment in self.sanctioned_establishments,
                "10",
                f"Establecimiento {establishment} clausurado",
            ),
            (ambiente not in self.permits, "37", f"Sin autorización de emisión en {ambiente}"),
            (self.suspended, "57", "La autorización de emisión está suspendida"),
        )
        return next(((code, detail) for holds, code, detail in reasons if holds), None)


Register = Mapping[str, Standing]
EMPTY: Final[Register] = {}


def read_taxpayers(path: Path) -> Register:
    """The register in a file. Raises ``Misconfigured`` naming the RUC and what is wrong with it."""
    try:
        return parse_taxpayers(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"taxpayers {path}: {error}") from error


def parse_taxpayers(raw: object) -> Register:
    """A register already read from JSON. Raises ``Misconfigured``."""
    if not isinstance(raw, Mapping):
        raise Misconfigured("taxpayers: expected an object of RUC to standing")
    return {str(ruc): _standing(str(ruc), said) for ruc, said in raw.items()}


def as_json(register: Register) -> dict[str, dict[str, Any]]:
    """What ``parse_taxpayers`` reads."""
    return {
        ruc: {
            fact.name: sorted(value) if isinstance(value := getattr(one, fact.name), frozenset) else value
            for fact in fields(Standing)
        }
        for ruc, one in register.items()
    }


def _standing(ruc: str, said: object) -> Standing:
    known = {fact.name: type(fact.default) for fact in fields(Standing)}
    if not _RUC.fullmatch(ruc):
        raise Misconfigured(f"taxpayer {ruc}: expected a RUC, 13 digits that end in 001")
    if not isinstance(said, Mapping) or not set(said) <= set(known):
        raise Misconfigured(f"taxpayer {ruc}: expected an object with {', '.join(known)}")
    return Standing(**{name: _fact(ruc, name, value, known[name]) for name, value in said.items()})


def _fact(ruc: str, name: str, value: object, kind: type) -> Any:
    if kind is bool:
        if isinstance(value, bool):
            return value
        raise Misconfigured(f"taxpayer {ruc}: {name} is true or false")
    form = "pruebas|produccion" if name == "permits" else r"\d{3}"
    if isinstance(value, list) and all(re.fullmatch(form, str(one)) for one in value):
        return frozenset(map(str, value))
    raise Misconfigured(
        f"taxpayer {ruc}: {name} is a list of {'ambientes' if name == 'permits' else '3 digits'}"
    )
