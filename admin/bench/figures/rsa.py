"""The floor of all computing here: one raw RSA-2048 signature, which no signed document can do without."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from admin.bench.measurement import Against
from admin.bench.timing import Step, Work
from admin.bench.workshop import Workshop

AGAINST = Against("RSA", "a raw RSA-2048 signature made in the same rounds")


def _prepare(workshop: Workshop) -> Work:
    key, message = workshop.key.private_key, b"x" * 1000
    scheme, digest = padding.PKCS1v15(), hashes.SHA1()  # noqa: S303 - what the SRI prescribes
    return Work(lambda _: key.sign(message, scheme, digest))


RSA = Step("rsa", _prepare)
