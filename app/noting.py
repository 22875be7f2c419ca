"""A person leaves a note at a document, for whoever looks at it next; it changes nothing else."""

from app.auditing import audit
from app.errors import Mistyped, Text
from app.finding import no_such_document
from app.store.documents import Document
from app.tenancy import tenant_scope

LONGEST = 1_000


def note(tenant_id: int, document_id: int, *, by: str, text: str) -> None:
    """Keep ``text`` beside the document for good. Raises ``Refused`` when it is empty, too long, or about nothing."""
    said = text.strip()
    if not said:
        raise Mistyped(Text("escriba la nota", "write the note"))
    if len(said) > LONGEST:
        raise Mistyped(
            Text(
                f"una nota tiene como máximo {LONGEST} caracteres", f"a note has at most {LONGEST} characters"
            )
        )
    with tenant_scope(tenant_id):
        if not Document.select().where(Document.tenant_id == tenant_id, Document.id == document_id).exists():
            raise no_such_document(document_id)
        audit(tenant_id, by=by, action="note", target=f"document {document_id}", reason=said)
