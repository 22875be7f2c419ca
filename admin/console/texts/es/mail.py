"""Lo que se dice del correo al comprador: el que va, el que volvió y qué hacer, en español."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "next.mail": "Enviar el comprobante a {to}",
    "next.mail_returned": "El comprador no lo ha recibido: el correo a {to} fue devuelto porque {why}. Pida "
    "una dirección buena y reenvíelo a ella.",
    "next.mail_given_up": "El comprador no lo ha recibido: el correo a {to} no salió ({why}). Revise la "
    "dirección y reenvíelo.",
    "next.mail_invalid": "El comprador no lo ha recibido: «{to}» no es una dirección de correo. Reenvíelo a "
    "una buena, o entréguele el RIDE.",
    "next.mail_no_address": "Nada más: está autorizado y su RIDE está guardado. No trae correo "
    "del comprador: entréguele el RIDE o envíelo a su dirección.",
    "next.mail_reached": "Sí salió a {to}.",
    "timeline.mail_why": "Motivo: {why}.",
    "delivered.returned": "Devuelto por el correo del comprador",
    "now.returned.one": "El correo de un comprobante fue devuelto: su comprador no lo ha recibido.",
    "now.returned.many": "Correos devueltos: {n} comprobantes que sus compradores no han recibido.",
}
