"""The optional second factor: codes of an app (TOTP, RFC 6238), and recovery codes for when it is lost.

The shared secret rests sealed with SECRET_KEYS; of recovery codes only hashes are kept, and each works once.
"""

import base64
import hashlib
import secrets
from datetime import UTC, datetime

import pyotp
from peewee import fn

from app.auditing import audit
from app.errors import Refused, Text
from app.secrets import SecretBox
from app.store.people import Person, RecoveryCode
from app.tenancy import SYSTEM, tenant_scope

ISSUER = "autoriza"
STEP_S = 30
CODES = 10
CLOCK_MAY_DIFFER = 1
"""Steps by which a phone's clock may be wrong, in either direction."""


def new_secret() -> str:
    """A secret to show once, as base32; it counts only after ``turn_on`` saw a code made from it."""
    return pyotp.random_base32()


def address_for(secret: str, email: str) -> str:
    """The ``otpauth://`` address of the secret, for an app to read from a QR."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def turn_on(person_id: int, secret: str, code: str, *, box: SecretBox, now: datetime) -> list[str]:
    """Ask this person for a code from now on; their recovery codes, shown this once.

    Raises ``Refused`` when ``code`` is not one that ``secret`` makes now.
    """
    step = _step_of(secret, code, now)
    if step is None:
        raise Refused(
            Text(
                "el código no corresponde: revise la hora del teléfono y use el código que muestra ahora",
                "the code is not right: look at the phone's clock and use the code it shows now",
            )
        )
    with tenant_scope(SYSTEM):
        Person.update(totp_sealed=box.seal(secret.encode()), totp_since=fn.now(), totp_step=step).where(
            Person.id == person_id
        ).execute()
        codes = _renew(person_id)
        email = _email(person_id)
        audit(SYSTEM, by=email, action="second_factor_on", target=email)
    return codes


def turn_off(person_id: int, *, by: str) -> None:
    """Ask this person for a password only; on record. Raises ``Refused`` when nothing else was asked."""
    with tenant_scope(SYSTEM):
        off = Person.update(totp_sealed=None, totp_since=None, totp_step=None)
        if not off.where(Person.id == person_id, Person.totp_sealed.is_null(False)).execute():
            raise Refused(Text("esa cuenta no tiene un segundo factor", "that account has no second factor"))
        RecoveryCode.delete().where(RecoveryCode.person == person_id).execute()
        audit(SYSTEM, by=by, action="second_factor_off", target=_email(person_id))


def renew_recovery_codes(person_id: int) -> list[str]:
    """New recovery codes, shown this once; those of before no longer work. On record."""
    with tenant_scope(SYSTEM):
        email = _email(person_id)
        audit(SYSTEM, by=email, action="recovery_codes_renewed", target=email)
        return _renew(person_id)


def unused_recovery_codes(person_id: int) -> int:
    """How many recovery codes are left."""
    unused = RecoveryCode.select().where(RecoveryCode.person == person_id, RecoveryCode.used_at.is_null())
    return int(unused.count())


def accepts(person: Person, code: str, *, box: SecretBox, now: datetime | None = None) -> bool:
    """Whether ``code`` is the app's of this moment, or a recovery code; either counts once, whoever tries twice."""
    if person.totp_sealed is None:
        return False
    bare = code.replace(" ", "").replace("-", "").lower()
    secret = box.open(bytes(person.totp_sealed)).decode()
    step = _step_of(secret, bare, now or datetime.now(UTC))
    if step is not None:
        newer = Person.totp_step.is_null() | (Person.totp_step < step)
        return bool(Person.update(totp_step=step).where(Person.id == person.id, newer).execute())
    spent = RecoveryCode.update(used_at=fn.now()).where(
        RecoveryCode.person == person.id,
        RecoveryCode.code_hash == _hash(bare),
        RecoveryCode.used_at.is_null(),
    )
    return bool(spent.execute())


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    made, here = pyotp.TOTP(secret, interval=STEP_S), int(now.timestamp()) // STEP_S
    near = range(here - CLOCK_MAY_DIFFER, here + CLOCK_MAY_DIFFER + 1)
    known = [step for step in near if secrets.compare_digest(made.at(step * STEP_S).encode(), code.encode())]
    return known[0] if known else None


def _renew(person_id: int) -> list[str]:
    RecoveryCode.delete().where(RecoveryCode.person == person_id).execute()
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(CODES)]
    rows = [{"person": person_id, "code_hash": _hash(code), "made_at": fn.now()} for code in codes]
    RecoveryCode.insert_many(rows).execute()
    return ["-".join(code[place : place + 4] for place in range(0, 16, 4)) for code in codes]


def _email(person_id: int) -> str:
    return str(Person.get_by_id(person_id).email)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()  # 80 random bits: nobody tries them all
