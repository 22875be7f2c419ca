"""What came in together: the page of a batch."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "batch.title.one": "Un comprobante recibido",
    "batch.title.many": "{n} comprobantes recibidos juntos",
    "batch.see": "Ver los que llegaron juntos",
    "batch.by": "Los entregó {by},",
    "batch.cut": "se cuentan los primeros {n}",
    "batch.over": "Todo terminó: nada espera.",
    "batch.over_with": "Nada se mueve ya; {n} esperan a una persona.",
    "batch.so_far": "{moving} en camino; {failed} esperan a una persona.",
    "batch.left": "A este paso, quedan unos {span}.",
    "batch.failed": "Esperan a una persona ({n})",
    "batch.retry": "Reintentarlos ({n})",
    "batch.more": "y {n} más",
}
