"""Many small tables of texts as one; a key written twice is a mistake of whoever wrote the second."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def areas(package: str, folder: list[str]) -> Iterator[ModuleType]:
    """Every module of ``package``, whose files lie in ``folder``: one per page or area."""
    return (import_module(f"{package}.{found.name}") for found in iter_modules(folder))


def merged(*areas: ModuleType) -> dict[str, str]:
    """The ``TEXTS`` of all ``areas``; raises ``ValueError`` naming a key that two of them hold."""
    whole: dict[str, str] = {}
    for area in areas:
        if twice := whole.keys() & area.TEXTS.keys():
            raise ValueError(f"{area.__name__} writes again what another file holds: {sorted(twice)}")
        whole |= area.TEXTS
    return whole
