"""Documents to their buyers and into archives, from the command line."""

import json

import pytest
from cast import Taxpayer
from peewee import fn
from PIL import Image
from pypdf import PdfReader
from shell import autoriza

from app.lifecycle import State
from app.store.delivery import Delivery
from app.store.documents import Ride
from app.store.people import Audit
from app.tenancy import tenant_scope

MAIL = [{"nombre": "Correo", "valor": "compras@cliente.ec"}]


@pytest.fixture
def rendered(ana: Taxpayer):
    document = ana.document(State.AUTHORIZED, infoAdicional=MAIL)
    ana.render(document.id)
    return document


def audited(ana: Taxpayer, action: str) -> list[Audit]:
    with tenant_scope(ana.id):
        return list(Audit.select().where(Audit.tenant_id == ana.id, Audit.action == action))


def test_a_resend_is_told_kept_and_shown(settings, ana, rendered):
    refused = autoriza(settings, "document", "resend", str(rendered.id), "--reason", "lo pidió")
    assert (refused.returncode, "en camino" in refused.stderr) == (1, True)
    assert autoriza(settings, "document", "resend", str(rendered.id)).returncode == 2
    to = ("--to", "otra@cliente.ec", "--reason", "cambió de correo", "--json")
    done = autoriza(settings, "document", "resend", str(rendered.id), *to)
    assert json.loads(done.stdout) == {"id": rendered.id, "to": ["otra@cliente.ec"]}
    [line] = audited(ana, "resend")
    assert (line.by, line.reason) == ("command line", "cambió de correo")
    shown = json.loads(autoriza(settings, "document", "show", str(rendered.id), "--json").stdout)
    assert [(one["kind"], one["address"], one["outcome"]) for one in shown["deliveries"]] == [
        ("first", "compras@cliente.ec", "under way"),
        ("resend", "otra@cliente.ec", "under way"),
    ]


def test_a_taxpayer_s_mail_is_signed_and_a_wrong_address_refused(settings, ana):
    given = ("--sender", "Ana <ventas@ana.ec>", "--reply-to", "cobros@ana.ec", "--language", "en", "--json")
    done = autoriza(settings, "tenant", "mail", "--ruc", ana.ruc, *given)
    known = {"sender": "Ana <ventas@ana.ec>", "reply_to": "cobros@ana.ec", "language": "en"}
    assert json.loads(done.stdout) == known
    assert autoriza(settings, "tenant", "mail", "--ruc", ana.ruc, "--reply-to", "nadie").returncode == 1
    assert json.loads(autoriza(settings, "tenant", "mail", "--ruc", ana.ruc, "--json").stdout) == known
    assert len(audited(ana, "mail_signed")) == 1


def test_a_taxpayer_s_logo_and_colour_are_set_shown_and_looked_at(settings, ana, tmp_path):
    logo, seen = tmp_path / "logo.png", tmp_path / "muestra.pdf"
    Image.new("RGB", (300, 90), "navy").save(logo)
    brand = ("tenant", "brand", "--ruc", ana.ruc)
    done = autoriza(
        settings, *brand, "--logo", str(logo), "--accent", "#163", "--preview", str(seen), "--json"
    )
    known = json.loads(done.stdout)
    assert (known["version"], known["accent"], known["logo_bytes"] > 50) == (1, "#116633", True)
    assert len(PdfReader(seen).pages[0].images) == 1
    pale = autoriza(settings, *brand, "--accent", "#0a5")
    assert (pale.returncode, "demasiado claro" in pale.stderr) == (1, True)
    assert json.loads(autoriza(settings, *brand, "--json").stdout) == known
    assert len(audited(ana, "branded")) == 1


def test_returned_mail_is_read_from_a_pipe_and_a_mailbox(settings, ana, rendered, tmp_path):
    token = "ab" * 20
    with tenant_scope(ana.id):
        Delivery.update(outcome="sent", sent_at=fn.now(), message_id=f"<{token}@x.ec>").where(
            Delivery.document_id == rendered.id
        ).execute()
    raw = f"To: devueltos+{token}@x.ec\nX-Failed-Recipients: compras@cliente.ec\n\n550 no such user\n"
    piped = autoriza(settings, "delivery", "bounce", "-", "--json", stdin=raw)
    [told] = json.loads(piped.stdout)
    assert (told["result"], told["document_id"], told["said"]) == ("bounced", rendered.id, "550 no such user")
    box = tmp_path / "devueltos.mbox"
    box.write_text(
        f"From MAILER-DAEMON Mon Mar  2 16:15:09 2026\n{raw}\nFrom x Mon Mar  2 16:15:09 2026\nTo: y\n\nz\n"
    )
    said = autoriza(settings, "delivery", "bounce", str(box)).stdout
    assert ["on record already" in said, "nothing about a delivery" in said] == [True, True]


def test_a_ride_is_proven_or_its_difference_named(settings, ana, rendered):
    assert autoriza(settings, "document", "ride", "--verify", str(rendered.id)).returncode == 0
    with tenant_scope(ana.id):
        file = settings.autoriza_home / "storage" / Ride.get_by_id(rendered.id).path
    file.write_bytes(b"%PDF forged")
    one = autoriza(settings, "document", "ride", "--verify", str(rendered.id))
    assert (one.returncode, "no es el que se guardó" in one.stdout) == (1, True)
    every = autoriza(settings, "document", "ride", "--verify", "--all", "--ruc", ana.ruc, "--json")
    assert every.returncode == 1
    assert [found["document_id"] for found in json.loads(every.stdout)["differing"]] == [rendered.id]
    assert (
        autoriza(
            settings, "document", "ride", str(rendered.id), "-o", str(file.parent / "out.pdf")
        ).returncode
        == 0
    )
    assert autoriza(settings, "document", "ride", "--verify", str(rendered.id)).returncode == 0
    assert autoriza(settings, "document", "ride", "--all").returncode == 2


def test_documents_leave_as_one_file_and_as_an_archive_that_proves_itself(settings, ana, rendered, tmp_path):
    month = f"{rendered.issue_date:%Y-%m}"
    for option, name in (("--pdf", "all.pdf"), ("--zip", "all.zip")):
        done = autoriza(
            settings, "document", "export", "--ruc", ana.ruc, "--month", month, option, str(tmp_path / name)
        )
        assert (done.returncode, (tmp_path / name).exists()) == (0, True), done.stderr
    none = autoriza(settings, "document", "export", "--ruc", ana.ruc, "--month", "2001-01", "--pdf", "x.pdf")
    assert none.returncode == 1
    target = tmp_path / "kept"
    done = autoriza(
        settings, "archive", "export", "--ruc", ana.ruc, "--month", month, "--to", str(target), "--json"
    )
    told = json.loads(done.stdout)
    assert (told["documents"], told["files"]) == (1, 4)
    [line] = audited(ana, "archive_exported")
    assert line.facts["sha256"] == told["sha256"]
    assert autoriza(settings, "archive", "verify", str(target), "--sha256", told["sha256"]).returncode == 0
    (target / "documents" / f"{rendered.access_key}.xml").write_bytes(b"<x/>")
    changed = autoriza(settings, "archive", "verify", str(target))
    assert changed.returncode == 1
    assert f"{rendered.access_key}.xml: no es el archivo que se exportó" in changed.stdout
