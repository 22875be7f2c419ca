"""Logo and colour of a taxpayer's RIDEs, as a supervisor sets them in the console."""

from io import BytesIO

from cast import Taxpayer
from console_cast import Browser, signed_in
from PIL import Image
from pypdf import PdfReader

from app import branding
from app.lifecycle import State
from app.permissions import Role
from app.store.documents import Ride
from app.store.people import Audit
from app.tenancy import tenant_scope


def picture(kind: str = "PNG", colour: str = "navy") -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 90), colour).save(file, kind)
    return file.getvalue()


def sent(browser: Browser, ana: Taxpayer, **form: object) -> str:
    form = {
        name: (BytesIO(value), f"{name}.png") if isinstance(value, bytes) else value
        for name, value in form.items()
    }
    answer = browser.post(f"/tenants/{ana.id}/branding", form, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def supervisor(app, ana: Taxpayer) -> Browser:
    return signed_in(Browser(app.test_client()), Role.SUPERVISOR, (ana.id,))


def look(ana: Taxpayer) -> branding.Look:
    with tenant_scope(ana.id):
        return branding.current(ana.id)


def test_a_supervisor_gives_logo_and_colour_and_sees_them_before_a_buyer_does(app, ana: Taxpayer):
    browser = supervisor(app, ana)
    assert f"/tenants/{ana.id}/branding" in browser.read("/tenants/")
    page = sent(browser, ana, logo=picture(), accent="#163")
    assert "vale desde el próximo RIDE" in page
    assert "#116633" in page
    shown = browser.get(f"/tenants/{ana.id}/logo")
    assert (shown.content_type, Image.open(BytesIO(shown.get_data())).size[0] > 100) == ("image/png", True)
    sample = browser.get(f"/tenants/{ana.id}/sample.pdf")
    assert len(PdfReader(BytesIO(sample.get_data())).pages[0].images) == 1
    document = ana.document(State.AUTHORIZED)
    ana.render(document.id)
    with tenant_scope(ana.id):
        assert Ride.get_by_id(document.id).branding == 1
        [line] = Audit.select().where(Audit.tenant_id == ana.id, Audit.action == "branded")
    assert line.by == browser.email


def test_what_will_not_do_is_said_in_words_and_nothing_has_changed(app, ana: Taxpayer):
    browser = supervisor(app, ana)
    assert "demasiado claro" in sent(browser, ana, accent="#ff0")
    assert "no es una imagen PNG o JPEG" in sent(browser, ana, logo=b"<svg/>")
    assert "casi blanco" in sent(browser, ana, logo=picture(colour="white"))
    assert "2 MB" in sent(browser, ana, logo=b"\x89PNG" + bytes(2_000_001))
    assert look(ana) == branding.PLAIN
    assert browser.get(f"/tenants/{ana.id}/sample.pdf?accent=red").status_code == 400
    assert browser.get(f"/tenants/{ana.id}/logo").status_code == 404


def test_one_thing_is_taken_away_and_the_other_stays(app, ana: Taxpayer):
    browser = supervisor(app, ana)
    sent(browser, ana, logo=picture("JPEG"), accent="#1a5276")
    assert "Nada cambió" in sent(browser, ana, accent="#1a5276")
    sent(browser, ana, no_logo="1")
    assert look(ana).branding == branding.Branding(accent="#1a5276")
    sent(browser, ana, no_accent="1", accent="#1a5276")
    assert look(ana).branding == branding.Branding()


def test_a_file_larger_than_any_logo_is_not_even_read(app, ana: Taxpayer):
    browser = supervisor(app, ana)
    huge = {"logo": (BytesIO(bytes(3_000_000)), "logo.png")}
    assert browser.post(f"/tenants/{ana.id}/branding", huge).status_code == 413
