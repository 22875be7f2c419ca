"""The search box."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "search.tenant": "Contribuyente",
    "search.party": "RUC",
    "search.state": "Estado",
    "search.error": "Código",
    "search.after": "Desde",
    "search.before": "Antes de",
    "search.until": "Hasta",
    "search.number": "Número",
    "search.key": "Clave de acceso",
    "search.buyer": "Comprador",
    "search.type": "Tipo",
    "search.attention": "Atención",
    "search.modifies": "Nota sobre",
    "search.ref": "Referencia",
    "search.batch": "Lote",
    "search.id": "Id",
    "search.message": "Mensaje",
    "search.document": "comprobante",
    "search.asked": "Lo que se busca",
    "search.without": "Quitar {what}",
    "search.cut_off": "Ese nombre comienza muchos comprobantes: se busca entre {n} de ellos. Escriba más del nombre.",
    "search.amount": "Total",
    "search.amount_cut_off": "Un valor se busca entre los comprobantes más recientes; añada desde: y hasta: "
    "para otra época, o el comprador o el estado.",
    "search.help": "Qué se puede escribir en el buscador",
    "search.help_bare": "Una clave de acceso, un número, un RUC o cédula, un total con centavos, el id o el comienzo "
    "del nombre del comprador se reconocen solos. Lo demás se escribe como nombre:valor, y se combina con un espacio.",
    "search.write": "Se escribe",
    "search.meaning": "Busca",
    "search.also": "También",
    "search.unclear": "Esa búsqueda no se entiende",
}
