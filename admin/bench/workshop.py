"""What the steps need to be done without the service around them: a key, documents, and an SRI to talk to."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NoReturn

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from admin.bench.ground import Ground
from admin.bench.lives import Lives
from admin.bench.options import LINES
from admin.bench.samples import sample_json
from app import access_key
from app.documents.base import Draft, Identity, Issuer
from app.documents.reading import read
from app.documents.registry import document_type
from app.ecuador import ECUADOR
from app.services import Services
from app.signing import SigningKey, sign, signing_key
from app.sri.gateway import Environment, Sri
from app.test_certificates import issue

FACTURA = "01"
RUC = "1799999999001"
_NAME = "TALLER DE MEDICIÓN S.A."


@dataclass(frozen=True)
class Piece:
    """One document on the bench, with a number of its own."""

    raw: bytes  # JSON, as a caller hands it in
    draft: Draft
    identity: Identity

    @property
    def access_key(self) -> str:
        """49 digits."""
        return self.identity.access_key


def no_ground() -> NoReturn:
    """For a workshop whose steps need no installation."""
    raise AssertionError("an installation was asked for where none was laid out")


class Workshop:
    """Lends things to steps for ``rounds`` rounds; what it opened is closed with it."""

    def __init__(self, rounds: int, ground: Callable[[], Ground]) -> None:
        self.rounds = rounds
        self._ground = ground
        self._stack = ExitStack()

    def __enter__(self) -> "Workshop":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def now(self) -> datetime:
        """The moment all pieces are made at."""
        return datetime.now(ECUADOR)

    @cached_property
    def key(self) -> SigningKey:
        """An RSA-2048 key with its certificate."""
        issued = issue(RUC, _NAME)
        private = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return signing_key(private, issued.certificate.public_bytes(Encoding.DER))

    @cached_property
    def issuer(self) -> Issuer:
        """Who issues the pieces."""
        return Issuer(
            RUC, _NAME, "Av. Amazonas N34-56, Quito", Environment.PRUEBAS, obligado_contabilidad=True
        )

    @cached_property
    def ground(self) -> Ground:
        """The installation, with its simulator answering at once."""
        laid = self._ground()
        self._stack.enter_context(laid.simulator())
        return laid

    @cached_property
    def services(self) -> Services:
        """The installation's services as a step of the service gets them; no signature is checked twice."""
        given = self.ground.services
        return Services(given.settings.model_copy(update={"verify_share": 0.0}), given.database)

    @cached_property
    def lives(self) -> Lives:
        """A document of the installation for each round."""
        return Lives(self.ground, self.services, self.rounds)

    def sri(self, piece: Piece) -> Sri:
        """The client that takes this piece to the SRI."""
        return self.services.sri(piece.access_key)

    def pieces(self, point: str, lines: int = LINES) -> list[Piece]:
        """A different document for each round, numbered in emission point ``point``."""
        today = self.now.date()
        made = []
        for number in range(1, self.rounds + 1):
            raw = sample_json(number, f"taller-{number}", lines)
            parts = (FACTURA, RUC, Environment.PRUEBAS, "001", point, number, 12345678)
            identity = Identity(access_key.build(today, *parts), today, "001", point, number)
            made.append(Piece(raw, read(raw, "taller", today), identity))
        return made

    def build(self, piece: Piece) -> bytes:
        """Its unsigned XML."""
        return document_type(FACTURA).build_xml(piece.draft.content, self.issuer, piece.identity)

    def sign(self, piece: Piece) -> bytes:
        """Its XML, signed."""
        return sign(self.build(piece), self.key, self.now)
