"""No process starts with a secret that can be guessed, nor with one ambiente's address in the other's place."""

import base64

import pytest
from cryptography.fernet import Fernet

from admin import create_app
from app.config import Settings
from app.errors import Misconfigured, Unavailable
from app.safe_settings import refuse_unsafe
from app.services import open_services
from app.sri.answers import Reply, read_verdict
from app.sri.gateway import Authorized
from app.store.base import database

GOOD = "q8Zt_2kLw-9XbVn4Rs7Yc1PdFg6Hj3Mu0Ae5Ti"


def settings(**given) -> Settings:
    base = {"secret_keys": Fernet.generate_key().decode(), "session_secret": GOOD}
    return Settings(_env_file=None, **(base | given))


def test_what_an_installation_should_have_is_let_through():
    at_home = settings(sri_pruebas_url="http://127.0.0.1:9500", sri_produccion_url="http://simulator:9500")
    for fine in (settings(), Settings(_env_file=None), at_home):
        before = fine.model_dump()
        refuse_unsafe(fine)
        assert fine.model_dump() == before


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"session_secret": "corta"}, "SESSION_SECRET has 5 characters"),
        ({"session_secret": "x" * 40}, "SESSION_SECRET can be guessed"),
        ({"session_secret": "changeme-changeme-changeme-changeme-1234"}, "SESSION_SECRET can be guessed"),
        ({"secret_keys": "no-es-una-llave"}, "SECRET_KEYS: key 1 is not"),
        ({"secret_keys": base64.urlsafe_b64encode(b"\0" * 32).decode()}, "SECRET_KEYS: key 1 can be guessed"),
        (
            {"secret_keys": f"{Fernet.generate_key().decode()},{'A' * 43}="},
            "SECRET_KEYS: key 2 can be guessed",
        ),
        ({"metrics_token": "corta"}, "METRICS_TOKEN has 5 characters"),
        ({"database_url": "postgresql://ana:clave@host:puerto/x"}, "DATABASE_URL cannot be read"),
        ({"database_url": "mysql://ana:clave@host/x"}, "DATABASE_URL cannot be read"),
        ({"redis_url": "redis://:clave@host:99999/0"}, "REDIS_URL cannot be read"),
        ({"smtp_url": "smtp://ana:clave@host:x", "mail_from": "a@example.ec"}, "SMTP_URL cannot be read"),
        ({"sri_pruebas_url": "https://cel.sri.gob.ec"}, "SRI_PRUEBAS_URL=.*SRI of producción"),
        ({"sri_produccion_url": "https://CELCER.sri.gob.ec."}, "SRI_PRODUCCION_URL=.*SRI of pruebas"),
        ({"sri_produccion_url": "http://cel.sri.gob.ec"}, "over https only"),
        ({"sri_pruebas_url": "celcer.sri.gob.ec"}, "SRI_PRUEBAS_URL=.*must look like"),
    ],
)
def test_no_process_starts_with(given, named):
    wrong = settings(**({"database_url": "postgresql://nowhere/x"} | given))
    with pytest.raises(Misconfigured, match=named) as stop:
        open_services(wrong)
    assert "clave" not in str(stop.value)
    for secret in (wrong.session_secret, *wrong.secret_keys):
        assert secret.get_secret_value() not in str(stop.value)
    with pytest.raises(Misconfigured, match=named):
        create_app(open_services(wrong))


def test_a_session_secret_that_also_seals_private_keys_is_refused():
    key = Fernet.generate_key().decode()
    with pytest.raises(Misconfigured, match="a secret of its own"):
        refuse_unsafe(settings(secret_keys=key, session_secret=key))


def test_an_authorization_of_the_other_ambiente_authorizes_nothing():
    key = {"1": "2511202601179214673900110010010000000013462766417"}["1"]
    answer = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><RespuestaAutorizacionComprobante>'
        f"<claveAccesoConsultada>{key}</claveAccesoConsultada><numeroComprobantes>1</numeroComprobantes>"
        "<autorizaciones><autorizacion><estado>AUTORIZADO</estado><ambiente>{}</ambiente><comprobante>x</comprobante>"
        "</autorizacion></autorizaciones></RespuestaAutorizacionComprobante></s:Body></s:Envelope>"
    )

    def read(word):
        from lxml import etree

        body = answer.replace("{}", word).encode()
        return read_verdict(Reply(etree.fromstring(body), 200, body), key)

    assert isinstance(read("PRUEBAS"), Authorized) and isinstance(read(""), Authorized)
    for other in ("PRODUCCIÓN", "PRODUCCION", "produccion"):
        with pytest.raises(Unavailable, match="wrong_environment"):
            read(other)


@pytest.fixture(autouse=True)
def _the_tables_stay_bound():
    before = database.obj
    yield
    if before is not None:
        database.initialize(before)
