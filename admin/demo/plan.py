"""Who takes part in the demonstration, and which of their numbers the simulated SRI refuses."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from app import branding, certificate_store, certificate_timeline, people, tenants
from app.errors import Refused
from app.lifecycle import State
from app.permissions import Role
from app.services import Services
from app.sri.gateway import Environment
from app.store.tenants import Sequence, Tenant
from app.tenancy import tenant_scope
from app.tenants import TaxpayerFacts
from app.test_certificates import make_test_p12

PLACE = ("001", "001")
EACH = 8
BY = "demo"
LOGIN = "admin@autoriza.demo"


@dataclass(frozen=True)
class Part:
    """One taxpayer of the demonstration; its invoice number ``refused_at`` earns ``code`` at ``stage``.

    ``accent`` is the colour of its RIDEs.
    """

    ruc: str
    name: str
    facts: TaxpayerFacts
    refused_at: int
    code: str
    stage: str
    ends: State
    accent: str | None = None


PARTS = (
    Part(
        "1792146739001",
        "CAFÉ DE ALTURA LOJA CÍA. LTDA.",
        TaxpayerFacts("Bolívar 10-52 y Miguel Riofrío, Loja", "Café de Altura", obligado_contabilidad=True),
        3,
        "35",
        "recepcion",
        State.RETURNED,
        "#6b3e1d",
    ),
    Part(
        "0992397535001",
        "FERRETERÍA EL CONSTRUCTOR S.A.",
        TaxpayerFacts(
            "Av. Francisco de Orellana, Guayaquil", agente_retencion="1", obligado_contabilidad=True
        ),
        4,
        "65",
        "recepcion",
        State.RETURNED,
        "#8a1c1c",
    ),
    Part(
        "0102030405001",
        "SALINAS ÑAUPA ROSA ELENA",
        TaxpayerFacts(
            "Calle Larga 7-07, Cuenca", "Sombreros Ñaupa", contribuyente_rimpe="CONTRIBUYENTE RÉGIMEN RIMPE"
        ),
        5,
        "52",
        "autorizacion",
        State.REJECTED,
    ),
)


@dataclass(frozen=True)
class Login:
    """How to enter the console of the demonstration."""

    email: str
    password: str


def ensure_cast(services: Services) -> list[Tenant]:
    """The taxpayers, each with a certificate; made at the first call."""
    return [_taxpayer(services, part) for part in PARTS]


def _taxpayer(services: Services, part: Part) -> Tenant:
    try:
        tenant = tenants.find(part.ruc)
    except Refused:
        tenants.create(part.ruc, part.name, Environment.PRUEBAS, part.facts, by=BY)
        tenant = tenants.find(part.ruc)
        branding.change(tenant.id, by=BY, accent=part.accent)
    with tenant_scope(tenant.id):
        signs = certificate_timeline.of(tenant.id).current
    if signs is None:
        password = secrets.token_urlsafe(12)
        p12 = make_test_p12(part.ruc, part.name, password)
        certificate_store.install(tenant, p12, password, services.box, by=BY)
    return tenant


def ensure_login(home: Path) -> Login:
    """The administrator of the demonstration; the password is made once and kept in the home."""
    file = home / "demo-login.json"
    if not file.exists():
        password = secrets.token_urlsafe(12)
        people.create(LOGIN, "Administración", password, Role.ADMIN, (), by=BY)
        file.touch(mode=0o600)
        file.write_text(json.dumps({"email": LOGIN, "password": password}), encoding="utf-8")
    return Login(**json.loads(file.read_text(encoding="utf-8")))


def write_script(home: Path, cast: list[Tenant]) -> tuple[Path, dict[tuple[str, str], State]]:
    """The simulator's script for the next ``EACH`` numbers of each taxpayer, and how the refused ones must end."""
    entries, expected = [], {}
    for tenant, part in zip(cast, PARTS, strict=True):
        number = f"{PLACE[0]}-{PLACE[1]}-{_next_number(tenant) + part.refused_at - 1:09d}"
        entries.append({"ruc": part.ruc, "number": number, "code": part.code, "stage": part.stage})
        expected[part.ruc, number] = part.ends
    file = home / "demo-script.json"
    file.write_text(json.dumps(entries, indent=2), encoding="utf-8")
    return file, expected


def _next_number(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        row = Sequence.get_or_none(
            Sequence.tenant_id == tenant.id,
            Sequence.environment == tenant.environment,
            Sequence.doc_type == "01",
            Sequence.establishment == PLACE[0],
            Sequence.emission_point == PLACE[1],
        )
    return row.next_number if row else 1
