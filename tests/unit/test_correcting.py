"""A person corrects what the SRI refused: one new version, the same document, and nobody's answer lost on the way."""

import hashlib
import json
from datetime import timedelta

import pytest
from cast import Taxpayer, at_once
from documents_cast import invoice, line
from lxml import etree
from racing import another_writer, refused_after

from app import intake, issuing, work
from app.correcting import correct
from app.ecuador import ECUADOR
from app.errors import Invalid, Refused
from app.intake import Offer
from app.invariants import Violation, find_violations
from app.lifecycle import State
from app.outcome import Later, Moved
from app.sri.gateway import Received
from app.store.documents import Document, Emission, History
from app.store.people import Audit
from app.tenancy import tenant_scope

REFUSALS = {State.RETURNED: ("35", "recepcion"), State.REJECTED: ("46", "autorizacion")}


def refuse(simulator, ana: Taxpayer, code: str, stage: str, **more: object) -> None:
    simulator.script([{"ruc": ana.ruc, "code": code, "stage": stage, "times": 1, **more}])


def refused(simulator, ana: Taxpayer, state: State = State.RETURNED, **changes: object) -> Document:
    refuse(simulator, ana, *REFUSALS[state])
    return ana.document(state, **changes)


def offer(**changes: object) -> Offer:
    return Offer(json.dumps(invoice(**changes)).encode(), "corregida.json")


def emissions(ana: Taxpayer, document_id: int) -> list[Emission]:
    with tenant_scope(ana.id):
        return list(Emission.select().where(Emission.document_id == document_id).order_by(Emission.version))


def buyer(emission: Emission) -> str | None:
    return etree.fromstring(bytes(emission.xml)).findtext("infoFactura/razonSocialComprador")


def corrections(ana: Taxpayer) -> list[Audit]:
    with tenant_scope(ana.id):
        return list(Audit.select().where(Audit.tenant_id == ana.id, Audit.action == "correct"))


def violations(ana: Taxpayer) -> list[Violation]:
    return [one for one in find_violations(ana.services) if one.tenant_id == ana.id]


@pytest.mark.parametrize("state", REFUSALS)
def test_a_refused_document_is_corrected_and_authorized_under_its_own_key_and_number(ana, simulator, state):
    before = refused(simulator, ana, state)
    done = correct(
        ana.id,
        before.id,
        by="olga@example.ec",
        reason="mal el nombre",
        offer=offer(razonSocialComprador="Eva"),
    )
    assert done.kept == "key"
    draft = ana.read(before.id)
    assert (draft.state, draft.version, draft.finished_at) == (State.DRAFT, 1, None)
    assert ana.claim(Document, draft.id), "it is due at once"
    with tenant_scope(ana.id):
        Document.update(lease_until=None).where(Document.id == draft.id).execute()
    after = ana.bring(before.id, State.AUTHORIZED)
    assert [getattr(after, name) for name in ("access_key", "number", "issue_date", "reference")] == [
        getattr(before, name) for name in ("access_key", "number", "issue_date", "reference")
    ]
    assert (after.buyer_name, after.content_sha256 == before.content_sha256) == ("Eva", False)
    first, second = emissions(ana, before.id)
    assert (buyer(first), buyer(second)) == ("María Núñez", "Eva")
    assert (second.version, second.by, second.reason) == (2, "olga@example.ec", "mal el nombre")
    assert ana.history(before.id)[-5:] == [state, "corrected", "signed", "received", "authorized"]
    assert not [said for said in simulator.verdict().violations if before.access_key in said]


def test_who_corrected_and_why_is_in_the_history_and_the_audit(ana, simulator):
    before = refused(simulator, ana)
    correct(ana.id, before.id, by="olga@example.ec", reason="faltaba el total", offer=offer())
    with tenant_scope(ana.id):
        told = History.get(History.document_id == before.id, History.event == "corrected")
    assert (told.by, told.reason, told.from_state, told.to_state) == (
        "olga@example.ec",
        "faltaba el total",
        "returned",
        "draft",
    )
    assert (told.facts["codes"], told.facts["kept"], told.facts["file"]) == (["35"], "key", "corregida.json")
    [line_] = corrections(ana)
    assert (line_.by, line_.target, line_.reason) == (
        "olga@example.ec",
        f"document {before.id}",
        "faltaba el total",
    )


def test_without_new_content_the_same_is_signed_anew(ana, simulator):
    before = refused(simulator, ana, State.REJECTED)
    correct(ana.id, before.id, by="olga", reason="ya tenemos el permiso")
    after = ana.bring(before.id, State.AUTHORIZED)
    assert (after.content_sha256, after.access_key, after.version) == (
        before.content_sha256,
        before.access_key,
        2,
    )
    first, second = emissions(ana, before.id)
    assert buyer(first) == buyer(second)
    assert second.reason == "ya tenemos el permiso"


def test_a_document_is_corrected_as_often_as_the_sri_refuses_it(ana, simulator):
    document = refused(simulator, ana)
    for name in ("Uno", "Dos"):
        refuse(simulator, ana, "46", "autorizacion")
        ana.correct(document.id, razonSocialComprador=name)
        ana.bring(document.id, State.REJECTED)
    ana.correct(document.id, razonSocialComprador="Tres")
    ana.bring(document.id, State.AUTHORIZED)
    assert [buyer(one) for one in emissions(ana, document.id)] == ["María Núñez", "Uno", "Dos", "Tres"]
    assert violations(ana) == []


def test_a_wrong_date_gives_a_new_date_and_key_for_the_same_number(ana, simulator):
    refuse(simulator, ana, "65", "recepcion")
    said = json.dumps(invoice()).encode()
    on = issuing.datetime.now(ECUADOR).date() - timedelta(days=3)
    document_id = intake.accept(ana.id, said, "f.json", by="ana", requested_date=on).document_id
    before = ana.bring(document_id, State.RETURNED)
    assert before.issue_date == on
    assert correct(ana.id, document_id, by="olga", reason="fecha vieja").kept == "number"
    after = ana.bring(document_id, State.AUTHORIZED)
    assert after.number == before.number
    assert after.access_key != before.access_key
    assert after.issue_date == issuing.datetime.now(ECUADOR).date()
    assert violations(ana) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"estab": "009"}, "infoTributaria.estab"),
        ({"ptoEmi": "009"}, "infoTributaria.ptoEmi"),
        ({"referencia": "otro pedido"}, "referencia"),
        ({"identificacionComprador": "1710034066"}, "infoFactura.identificacionComprador"),
        ({"detalles": line(descripcion="una\nlínea")}, "detalles[1].descripcion"),
    ],
)
def test_new_content_that_is_wrong_or_another_documents_is_refused_whole(ana, simulator, changes, field):
    before = refused(simulator, ana, referencia="pedido 7")
    with pytest.raises(Invalid) as refusal:
        correct(ana.id, before.id, by="olga", reason="x", offer=offer(**changes))
    assert field in [problem.field for problem in refusal.value.problems]
    assert ana.read(before.id).__data__ == before.__data__
    assert corrections(ana) == []


def test_new_content_may_name_the_documents_own_reference(ana, simulator):
    before = refused(simulator, ana, referencia="pedido 8")
    ana.correct(before.id, referencia="pedido 8", razonSocialComprador="Eva")
    assert ana.read(before.id).reference == "pedido 8"


def test_the_content_as_it_was_first_is_not_taken_for_another_document_afterwards(ana, simulator):
    before = refused(simulator, ana, referencia="pedido 9")
    ana.correct(before.id, razonSocialComprador="Eva")
    with pytest.raises(Invalid, match="otro contenido"):
        ana.import_invoice(referencia="pedido 9")
    assert ana.import_invoice(referencia="pedido 9", razonSocialComprador="Eva") == before.id


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.DRAFT, "todavía no se ha enviado"),
        (State.SIGNED, "por enviar"),
        (State.PENDING_AUTHORIZATION, "no ha decidido"),
        (State.AUTHORIZED, "nota de crédito"),
    ],
)
def test_what_the_sri_has_not_refused_cannot_be_corrected(ana, state, why):
    before = ana.document(state)
    with pytest.raises(Refused, match=why):
        correct(ana.id, before.id, by="olga", reason="x", offer=offer())
    assert ana.read(before.id).__data__ == before.__data__


def test_nobody_corrects_without_saying_why(ana, simulator):
    before = refused(simulator, ana)
    with pytest.raises(Refused, match="por qué"):
        correct(ana.id, before.id, by="olga", reason=" ")
    assert ana.read(before.id).state == State.RETURNED


def test_beto_cannot_correct_anas_document_nor_learn_that_it_exists(ana, beto, simulator):
    before = refused(simulator, ana)
    with pytest.raises(Refused, match=f"no existe el comprobante {before.id}"):
        correct(beto.id, before.id, by="beto", reason="x", offer=offer())
    assert ana.read(before.id).__data__ == before.__data__


# Races


def test_a_document_somebody_works_on_is_left_to_them(ana, simulator):
    before = refused(simulator, ana)
    ana.make_due(Document, before.id)
    claim = ana.claim(Document, before.id)
    with pytest.raises(Refused, match="se está trabajando en él"):
        ana.correct(before.id)
    with tenant_scope(ana.id):
        work.give_back(claim)
    assert ana.read(before.id).state == State.RETURNED


def test_a_worker_whose_time_was_over_is_told_that_the_person_came_first(ana, simulator):
    before = refused(simulator, ana)
    sri = ana.services.sri(before.access_key)
    assert isinstance(sri.submit(bytes(emissions(ana, before.id)[0].xml)), Received)
    ana.make_due(Document, before.id)
    late = ana.claim(Document, before.id, lease_s=-1)
    ana.correct(before.id, razonSocialComprador="Eva")
    corrected = ana.read(before.id)
    with pytest.raises(work.Refused):
        issuing.check(late, ana.services)
    assert ana.read(before.id).__data__ == corrected.__data__


def test_of_two_people_who_correct_at_once_one_is_told(ana, simulator):
    before = refused(simulator, ana)

    def try_it(number: int) -> str:
        try:
            correct(
                ana.id, before.id, by=f"persona {number}", reason="x", offer=offer(razonSocialComprador="Eva")
            )
        except Refused as refusal:
            return str(refusal)
        return "done"

    said = at_once(4, try_it)
    assert said.count("done") == 1
    assert ana.history(before.id).count("corrected") == 1
    assert len(corrections(ana)) == 1


def test_a_yes_that_arrives_at_the_same_moment_is_not_undone(ana, simulator, servers):
    before = refused(simulator, ana, State.REJECTED)
    with another_writer(servers, ana.services) as worker:
        worker.cursor().execute("update document set state = 'authorized' where id = %s", [before.id])
        [refusal] = refused_after(worker, lambda: ana.correct(before.id))
    assert "nota de crédito" in str(refusal)
    assert ana.read(before.id).state == State.AUTHORIZED


# Answers about the version before


def test_an_old_no_read_after_the_resend_decides_nothing(ana, simulator):
    before = refused(simulator, ana, State.REJECTED)
    ana.correct(before.id, razonSocialComprador="Eva")
    ana.bring(before.id, State.SIGNED)
    simulator.script([{"ruc": ana.ruc, "fault": "drop_before", "stage": "recepcion"}])
    assert isinstance(ana.step(before.id), Later)
    for _ in range(2):
        assert isinstance(ana.step(before.id), Later), "the SRI still tells the old verdict"
    assert ana.exchanges(before.id)[-1].outcome == "rejected"
    assert ana.read(before.id).state == State.SIGNED


def test_a_yes_to_the_version_before_is_believed_and_tells_that_the_correction_came_too_late(ana, simulator):
    before = refused(simulator, ana)
    [first] = emissions(ana, before.id)
    assert isinstance(ana.services.sri(before.access_key).submit(bytes(first.xml)), Received)
    ana.correct(before.id, razonSocialComprador="Eva")
    ana.bring(before.id, State.SIGNED)
    assert ana.step(before.id) == Moved(State.PENDING_AUTHORIZATION, due_in=2.0), "the SRI answers 43"
    assert ana.exchanges(before.id)[-1].messages[0]["code"] == "43"
    assert ana.step(before.id) == Moved(State.AUTHORIZED)
    with tenant_scope(ana.id):
        told = History.get(History.document_id == before.id, History.event == "authorized")
    assert (told.facts["version"], told.facts["as_sent"]) == (1, False)
    [alarm] = ana.alerts("earlier_version_authorized")
    assert (alarm.subject, "versión 1" in alarm.message) == (before.access_key, True)
    assert ana.alerts("other_bytes_authorized") == []
    assert hashlib.sha256(bytes(first.xml)).hexdigest() == first.sha256
