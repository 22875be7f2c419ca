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
    "search.mail": "Correo",
    "search.bounced": "devuelto",
    "search.modifies": "Nota sobre",
    "search.ref": "Referencia",
    "search.batch": "Lote",
    "search.id": "Id",
    "search.message": "Mensaje",
    "search.document": "comprobante",
    "search.asked": "Lo que se busca",
    "search.without": "Quitar {what}",
    "search.cut_off.name": "Muchos tienen ese nombre: se busca entre {n} de sus comprobantes. Escriba más del nombre.",
    "search.cut_off.issued": "De los emitidos otro día que el de recepción se miran los {n} últimos. Acote las fechas.",
    "search.cut_off.mail": "De esos correos se miran los {n} más recientes. Acote por contribuyente.",
    "search.cut_off.moving": "De los que esperan su RIDE o su correo se miran {n}. Acote por contribuyente.",
    "search.sequence": "Secuencial",
    "search.issued": "Emitido",
    "search.as_sequence": "Se busca el secuencial {number}. Con ese mismo número hay otro identificador:",
    "search.as_id": "el id interno {id}",
    "search.amount": "Total",
    "search.cut_off.amount": "Un valor se busca entre los comprobantes más recientes; añada desde: y hasta: "
    "para otra época, o el comprador o el estado.",
    "search.help": "Qué se puede escribir en el buscador",
    "search.help_bare": "Una clave de acceso, un número o solo su secuencial, un RUC o cédula, un total con centavos o "
    "palabras del nombre del comprador se reconocen solos, con o sin tildes. Lo demás se escribe como "
    "nombre:valor, y se combina con un espacio.",
    "search.write": "Se escribe",
    "search.meaning": "Busca",
    "search.also": "También",
    "search.unclear": "Esa búsqueda no se entiende",
}
