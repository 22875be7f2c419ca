"""I13: the audit is what was sealed."""

from app import audit_chain
from app.invariants.rule import Violation
from app.tenancy import SYSTEM

NEWEST_BLOCKS = 20


def altered() -> list[Violation]:
    """The first of the newest blocks of the audit that is not what was sealed. Inside the system scope."""
    found = audit_chain.broken(NEWEST_BLOCKS)
    if found is None:
        return []
    sentence = (
        f"La auditoría no es la que se selló: de las anotaciones {found.after + 1} a {found.seal.up_to} se sellaron "
        f"{found.seal.lines} y hoy hay {found.found}, o alguna cambió. Compare con un respaldo y averigüe quién tuvo "
        "acceso a la base de datos; ejecute «autoriza audit verify»."
    )
    return [Violation("I13", SYSTEM, "audit", sentence)]
