"""Branding in versions: a RIDE keeps the one it was drawn with, whatever its taxpayer chooses later."""

import hashlib
from io import BytesIO

import pytest
from cast import Taxpayer
from PIL import Image
from pypdf import PdfReader

from app import branding, kept_rides
from app.branding import PLAIN
from app.errors import Refused
from app.lifecycle import State
from app.ride import render
from app.store.documents import DocumentAuthorization, Ride
from app.store.people import Audit
from app.store.tenants import BrandingVersion
from app.tenancy import tenant_scope


def logo(colour: str = "navy") -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 90), colour).save(file, "PNG")
    return file.getvalue()


def rendered(ana: Taxpayer) -> tuple[Ride, DocumentAuthorization]:
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    with tenant_scope(ana.id):
        return Ride.get_by_id(document.id), DocumentAuthorization.get_by_id(document.id)


def test_a_taxpayer_s_logo_and_colour_are_on_the_next_ride_and_only_theirs(ana, beto):
    branding.change(ana.id, by="ana", logo=logo(), accent="#0b6b4f")
    ride, authorization = rendered(ana)
    stored = ana.services.storage.get(ride.path)
    assert ride.branding == 1
    expected = render(
        bytes(authorization.xml),
        number=authorization.number,
        authorized_at=authorization.authorized_at,
        branding=branding.of_version(ana.id, 1).branding,
    )
    assert stored == expected.pdf
    assert len(PdfReader(BytesIO(stored)).pages[0].images) == 1
    other, _ = rendered(beto)
    assert other.branding == 0
    assert len(PdfReader(BytesIO(beto.services.storage.get(other.path))).pages[0].images) == 0


def test_a_logo_changed_later_makes_no_stored_ride_another(ana):
    plain = rendered(ana)
    branding.change(ana.id, by="ana", logo=logo("navy"))
    navy = rendered(ana)
    branding.change(ana.id, by="ana", logo=logo("maroon"), accent="#7a1f5c")
    maroon = rendered(ana)
    branding.change(ana.id, by="ana", logo=None)
    assert [ride.branding for ride, _ in (plain, navy, maroon)] == [0, 1, 2]
    assert [one.difference for one in kept_rides.verified(ana.id, ana.services)] == ["", "", ""]
    for ride, authorization in (plain, navy, maroon):
        (ana.services.settings.autoriza_home / "storage" / ride.path).unlink()
        made = kept_rides.fetch(ride, authorization, ana.services, mend=True)
        assert hashlib.sha256(made.pdf).hexdigest() == ride.sha256


def test_a_setting_changed_later_makes_no_stored_ride_another(ana):
    ride, authorization = rendered(ana.under(ride_attach_xml=True))
    assert ride.carries_xml
    (ana.services.settings.autoriza_home / "storage" / ride.path).unlink()
    made = kept_rides.fetch(ride, authorization, ana.services)
    assert hashlib.sha256(made.pdf).hexdigest() == ride.sha256


def test_one_thing_is_changed_and_the_other_stays(ana):
    first = branding.change(ana.id, by="ana", logo=logo(), accent="#1a5276")
    second = branding.change(ana.id, by="ana", accent=None)
    assert (second.version, second.branding.accent) == (2, None)
    assert second.branding.logo == first.branding.logo
    with tenant_scope(ana.id):
        assert branding.current(ana.id) == second
        said = Audit.select().where(Audit.tenant_id == ana.id, Audit.action == "branded").order_by(Audit.id)
        assert [(row.by, row.facts["version"]) for row in said] == [("ana", 1), ("ana", 2)]


def test_what_changes_nothing_is_no_version_and_what_is_refused_neither(ana):
    with tenant_scope(ana.id):
        assert branding.current(ana.id) == PLAIN
    assert branding.change(ana.id, by="ana", accent=None) == PLAIN
    branding.change(ana.id, by="ana", logo=logo())
    branding.change(ana.id, by="ana", logo=logo())
    with pytest.raises(Refused):
        branding.change(ana.id, by="ana", logo=logo("maroon"), accent="#fff")
    with tenant_scope(ana.id):
        assert BrandingVersion.select().where(BrandingVersion.tenant_id == ana.id).count() == 1
