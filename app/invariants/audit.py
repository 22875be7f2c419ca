"""I13: the audit is what was sealed."""

from app import audit_chain
from app.errors import Text
from app.invariants.rule import Violation
from app.tenancy import SYSTEM

NEWEST_BLOCKS = 20


def altered() -> list[Violation]:
    """The first of the newest blocks of the audit that is not what was sealed. Inside the system scope."""
    found = audit_chain.broken(NEWEST_BLOCKS)
    if found is None:
        return []
    span = (found.after + 1, found.seal.up_to, found.seal.lines, found.found)
    sentence = Text(
        "La auditoría no es la que se selló: de las anotaciones {} a {} se sellaron {} y hoy hay {}, o alguna cambió. "
        "Compare con un respaldo y averigüe quién tuvo acceso a la base de datos; ejecute «autoriza audit "
        "verify».".format(*span),
        "The audit is not what was sealed: of the lines {} to {}, {} were sealed and there are {} today, or one of "
        "them changed. Compare with a backup and find out who had access to the database; run 'autoriza audit "
        "verify'.".format(*span),
    )
    return [Violation("I13", SYSTEM, "audit", sentence)]
