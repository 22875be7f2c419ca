"""Why a certificate is refused or doubted, when it ends, and what to do, in words for the taxpayer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.ecuador import ECUADOR
from app.errors import Text

_TEXTS: Final[Mapping[str, Text]] = {
    "certificate_password": Text(
        "La contraseña no corresponde a este archivo p12. Escríbala de nuevo, con mayúsculas y minúsculas.",
        "The password does not belong to this p12 file. Type it again, minding upper and lower case.",
    ),
    "certificate_locked": Text(
        "El archivo p12 no se abre: la contraseña es incorrecta o el archivo usa un cifrado antiguo (RC2, "
        "3DES) que este servidor no tiene. Revise la contraseña; si es correcta, instale el comando "
        "openssl en el servidor.",
        "The p12 file does not open: the password is wrong or the file uses an old cipher (RC2, 3DES) "
        "that this server lacks. Check the password; if it is right, install the openssl command on the "
        "server.",
    ),
    "certificate_second_key": Text(
        "El archivo p12 tiene dos claves y la de firma es la segunda, que solo lee el comando openssl, y "
        "este servidor no lo tiene. Instálelo o exporte un p12 solo con la clave de firma.",
        "The p12 file holds two keys and the signing one is the second, which only the openssl command "
        "reads, and this server lacks it. Install it or export a p12 with the signing key alone.",
    ),
    "certificate_unreadable": Text(
        "El archivo no es un p12 o está dañado. Descárguelo de nuevo de su entidad de certificación.",
        "The file is not a p12 or is damaged. Download it again from your certification authority.",
    ),
    "certificate_without_key": Text(
        "El archivo p12 no contiene la clave privada del certificado de firma. Expórtelo otra vez con la "
        "clave.",
        "The p12 file does not hold the private key of the signing certificate. Export it again with the "
        "key.",
    ),
    "certificate_not_rsa": Text(
        "La clave del certificado no es RSA y el SRI solo acepta RSA. Pida a su entidad un certificado RSA.",
        "The certificate's key is not RSA and the SRI accepts only RSA. Ask your authority for an RSA "
        "certificate.",
    ),
    "certificate_weak_key": Text(
        "La clave RSA del certificado tiene {bits} bits y se necesitan 2048. Pida un certificado nuevo.",
        "The certificate's RSA key has {bits} bits and 2048 are needed. Ask for a new certificate.",
    ),
    "certificate_not_for_signing": Text(
        "El certificado no es del tipo firma digital (le falta el uso digitalSignature) y el SRI lo "
        "rechaza con el código 39. Cargue el certificado de firma, no el de cifrado ni el de la entidad.",
        "The certificate is not meant for signatures (it lacks the digitalSignature usage) and the SRI "
        "rejects it with code 39. Upload the signing certificate, not the encryption one nor the "
        "authority's.",
    ),
    "certificate_expired": Text(
        "El certificado caducó el {day}. Renuévelo y cargue el nuevo.",
        "The certificate expired on {day}. Renew it and upload the new one.",
    ),
    "certificate_ends_first": Text(
        "El certificado caduca el {day}, antes del {start} en que debía empezar a firmar. Elija otro día o "
        "cargue uno más nuevo.",
        "The certificate expires on {day}, before the {start} on which it was to begin to sign. Choose "
        "another day or upload a newer one.",
    ),
    "certificate_of_another_ruc": Text(
        "El certificado es del RUC {found} y el contribuyente es {ruc}. Cargue el certificado de este RUC.",
        "The certificate belongs to RUC {found} and the taxpayer is {ruc}. Upload this RUC's certificate.",
    ),
    "certificate_fails_probe": Text(
        "La firma de prueba hecha con este certificado no se verifica ({reason}). Pida uno nuevo a su "
        "entidad.",
        "The trial signature made with this certificate does not verify ({reason}). Ask for a new one.",
    ),
    "without_ruc": Text(
        "El certificado no dice el RUC de su titular: el SRI puede responder 39, no existe el RUC en el "
        "certificado digital. Compruebe que es el de este contribuyente.",
        "The certificate does not tell its holder's RUC: the SRI may answer 39, no RUC in the digital "
        "certificate. Make sure it is this taxpayer's.",
    ),
    "ends_soon": Text(
        "El certificado caduca el {day}. Renuévelo antes: sin él no se firma ninguna factura.",
        "The certificate expires on {day}. Renew it before: without it no invoice is signed.",
    ),
    "begins_later": Text(
        "El certificado vale recién desde el {day}: queda en espera y firma desde ese momento. Si ya debería "
        "valer, revise el reloj del servidor.",
        "The certificate is valid only from {day}: it is staged and signs from then on. If it should be "
        "valid already, check the server's clock.",
    ),
    "ends_earlier": Text(
        "El certificado termina el {day}, antes que el que reemplaza, que valía hasta el {before}. Si se "
        "equivocó de archivo, cargue otra vez el anterior.",
        "The certificate ends on {day}, before the one it replaces, which was good until {before}. If it was "
        "the wrong file, upload the one before again.",
    ),
    "leaves_a_gap": Text(
        "Del {ends} al {begins} no hay certificado vigente: en ese tiempo no se firma ninguna factura.",
        "From {ends} to {begins} no certificate is in force: meanwhile no invoice is signed.",
    ),
    "not_staged": Text(
        "ese certificado no está en espera: ya firma o está por hacerlo, fue reemplazado o ya se retiró",
        "that certificate does not wait: it signs or is about to, was replaced or has been withdrawn",
    ),
    "none_staged": Text("no hay un certificado en espera", "no certificate waits for its day"),
    "ends_in_days": Text(
        "El certificado de firma caduca el {day}: quedan {left} días.",
        "The signing certificate expires on {day}: {left} days are left.",
    ),
    "ends_tomorrow": Text(
        "El certificado de firma caduca el {day}: queda 1 día.",
        "The signing certificate expires on {day}: 1 day is left.",
    ),
    "ends_today": Text(
        "El certificado de firma caduca hoy, {day}: quedan 0 días.",
        "The signing certificate expires today, {day}: 0 days are left.",
    ),
    "ended": Text(
        "El certificado de firma caducó el {day}: no se firma ninguna factura.",
        "The signing certificate expired on {day}: no invoice is signed.",
    ),
    "load_the_next_one": Text(
        "Cargue ya el siguiente (autoriza certificate add): puede quedar en espera hasta el día que elija.",
        "Add the next one now (autoriza certificate add): it may wait until the day you choose.",
    ),
    "next_one_begins": Text(
        "El siguiente firma desde el {day}; hasta entonces no habrá certificado vigente.",
        "The next one signs from {day}; until then no certificate will be in force.",
    ),
}


def text(code: str, **facts: str) -> Text:
    """The sentence of ``code`` in both languages with its ``facts`` filled in."""
    return Text(*(sentence.format(**facts) for sentence in _TEXTS[code]))


def day(moment: datetime) -> str:
    """The day of ``moment`` in Ecuador, where people read it."""
    return f"{moment.astimezone(ECUADOR):%Y-%m-%d}"
