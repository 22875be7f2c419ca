"""Certificates, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.certificates": "Certificados",
    "certificates.new": "Cargar certificado",
    "certificates.load": "Cargar",
    "certificates.renew": "Renovar",
    "certificates.lead": "Se abre una sola vez, firma una prueba que se verifica y solo entonces "
    "cuenta. La clave "
    "queda sellada y no se vuelve a mostrar; la contraseña no se guarda.",
    "certificates.file": "Archivo .p12 o .pfx",
    "certificates.file_again": "El archivo hay que elegirlo otra vez; lo demás queda como lo escribió.",
    "certificates.password": "Contraseña del archivo",
    "certificates.password_what": "Vacía si no tiene.",
    "certificates.from": "Primer día en que firma",
    "certificates.from_what": "Vacío: desde ahora, o desde que empiece a valer. Hasta entonces sigue "
    "firmando el "
    "anterior.",
    "certificates.without": "Sin certificado que firme",
    "certificates.without_what": "Sus borradores esperan, sin número, y siguen solos con el próximo "
    "certificado.",
    "certificates.left": "Le quedan",
    "certificates.days": "{n} días",
    "certificates.over": "Caducado",
    "certificates.signs_from": "Firma desde",
    "certificates.until": "hasta",
    "certificates.holder": "Titular",
    "certificates.by": "cargado por {by}",
    "certificates.still": "Solo los que firman o firmarán",
    "certificates.past": "Ver también los reemplazados",
    "certificates.installed": "El certificado firma desde ahora y vale hasta el {until}.",
    "certificates.staged": "El certificado espera: firma desde el {start} y vale hasta el {until}.",
    "certificates.withdraw": "Retirar",
    "certificates.withdraw_what": "No llegará a firmar; el que firma ahora sigue hasta que caduque.",
    "certificates.withdraw_leaves_none": "Ahora no firma ninguno: lo que espera a este quedará pendiente.",
    "certificates.withdraw_now": "Retirar el certificado",
    "certificates.withdrawn": "El certificado se retiró: no llegará a firmar.",
    "certificates.not_withdrawn": "No se retiró: {why}.",
    "certified.current": "Firma",
    "certified.staged": "Espera",
    "certified.never": "No llegó a firmar",
    "certified.replaced": "Reemplazado",
    "action.certificate_withdrawn": "Retirar un certificado en espera",
    "action.certificate_staged": "Dejar un certificado en espera",
}
