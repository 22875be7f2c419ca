"""Certificates, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "menu.certificates": "Certificates",
    "certificates.new": "Install a certificate",
    "certificates.load": "Install",
    "certificates.renew": "Renew",
    "certificates.lead": "It is opened once, signs a probe that is verified, and only then counts."
    " The key rests "
    "sealed and is never shown again; the password is not kept.",
    "certificates.file": ".p12 or .pfx file",
    "certificates.file_again": "The file has to be chosen again; the rest is as you wrote it.",
    "certificates.password": "Password of the file",
    "certificates.password_what": "Empty if it has none.",
    "certificates.from": "First day it signs",
    "certificates.from_what": "Empty: from now on, or from when it is valid. Until then the one before "
    "goes on signing.",
    "certificates.without": "Without a certificate that signs",
    "certificates.without_what": "Their drafts wait, without a number, and go on by themselves with the "
    "next certificate.",
    "certificates.left": "Left",
    "certificates.days": "{n} days",
    "certificates.over": "Expired",
    "certificates.signs_from": "Signs from",
    "certificates.until": "until",
    "certificates.holder": "Holder",
    "certificates.by": "installed by {by}",
    "certificates.still": "Only those that sign or will",
    "certificates.past": "See replaced ones too",
    "certificates.installed": "The certificate signs from now on and is valid until {until}.",
    "certificates.staged": "The certificate waits: it signs from {start} and is valid until {until}.",
    "certificates.withdraw": "Withdraw",
    "certificates.withdraw_what": "It will not come to sign; the one that signs now goes on until it expires.",
    "certificates.withdraw_leaves_none": "None signs now: what waits for this one will need a person.",
    "certificates.withdraw_now": "Withdraw the certificate",
    "certificates.withdrawn": "The certificate was withdrawn: it will not come to sign.",
    "certificates.not_withdrawn": "Not withdrawn: {why}.",
    "certified.current": "Signs",
    "certified.staged": "Waits",
    "certified.never": "Never signed",
    "certified.replaced": "Replaced",
    "action.certificate_withdrawn": "Withdraw a staged certificate",
    "action.certificate_staged": "Stage a certificate",
}
