"""Many small tables of texts as one; a key written twice is a mistake of whoever wrote the second."""

from types import ModuleType


def merged(*areas: ModuleType) -> dict[str, str]:
    """The ``TEXTS`` of all ``areas``; raises ``ValueError`` naming a key that two of them hold."""
    whole: dict[str, str] = {}
    for area in areas:
        if twice := whole.keys() & area.TEXTS.keys():
            raise ValueError(f"{area.__name__} writes again what another file holds: {sorted(twice)}")
        whole |= area.TEXTS
    return whole
