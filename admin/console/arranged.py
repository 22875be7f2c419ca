"""A document's content in an order people read: the database keeps the names of a JSON object by their length."""

from typing import Any, Final

_FIRST: Final = (
    "codDoc",
    "estab",
    "ptoEmi",
    "tipoIdentificacionComprador",
    "identificacionComprador",
    "razonSocialComprador",
    "direccionComprador",
    "codDocModificado",
    "numDocModificado",
    "fechaEmisionDocSustento",
    "motivo",
    "codigoPrincipal",
    "codigoInterno",
    "codigoAuxiliar",
    "descripcion",
    "cantidad",
    "precioUnitario",
    "descuento",
    "formaPago",
    "codigo",
    "codigoPorcentaje",
    "nombre",
)
_PLACES: Final = {name: place for place, name in enumerate(_FIRST)}


def arranged(value: Any) -> Any:
    """The same with the names of every object in order: those that say who and what, other facts, then lists."""
    if isinstance(value, dict):
        return {
            name: arranged(value[name]) for name in sorted(value, key=lambda name: _order(name, value[name]))
        }
    return [arranged(one) for one in value] if isinstance(value, list) else value


def _order(name: str, value: Any) -> tuple[bool, int, str]:
    return isinstance(value, dict | list), _PLACES.get(name, len(_PLACES)), name
