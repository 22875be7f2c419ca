"""What a person may do with a document now, and for everything else the reason why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app import holding
from app.errors import Text
from app.lifecycle import MOVING, REFUSED, State
from app.sri.codes import Follow, describe
from app.store.base import WorkRow
from app.store.documents import Document, Ride
from app.store.tenants import Halt


class Action(StrEnum):
    """What a person may ask for, in the order it is offered."""

    RETRY = "retry"
    HOLD = "hold"
    CORRECT = "correct"
    NEW_NUMBER = "new_number"
    ASK_SRI = "ask_sri"
    RESEND_MAIL = "resend_mail"
    REBUILD_RIDE = "rebuild_ride"
    LIFT_HALT = "lift_halt"
    NOTE = "note"


@dataclass(frozen=True)
class Possible:
    """One action and, when it may not be done now, why; ``forbidden`` says that it is the person who may not."""

    action: Action
    why_not: Text | None = None
    forbidden: bool = False

    @property
    def now(self) -> bool:
        """Whether it may be done now, by this person."""
        return self.why_not is None


@dataclass(frozen=True)
class Situation:
    """All that decides it: the rows of a document, the codes of its last refusal, and the installation's mail."""

    document: Document
    ride: Ride | None
    halts: Sequence[Halt]
    codes: Sequence[str]
    key_not_asked_about: str | None
    mail_is_on: bool
    now: datetime
    may_be_at_the_sri: bool = False

    @property
    def state(self) -> State:
        """Where the document stands."""
        return State(self.document.state)


NOT_YOURS = Text(
    "su rol no lo permite en este contribuyente", "your role does not allow it for this taxpayer"
)
BUSY = Text("se está trabajando en él en este momento", "it is being worked on at this moment")


def possible(situation: Situation, may: Callable[[Action], bool]) -> tuple[Possible, ...]:
    """Every action: possible, or not in this situation, or not for this person; ``may`` knows the person.

    The functions that act decide again on the rows as they are then.
    """
    found = []
    for action, judge in _JUDGES.items():
        forbidden = not may(action)
        found.append(Possible(action, NOT_YOURS if forbidden else judge(situation), forbidden))
    return tuple(found)


def _retry(here: Situation) -> Text | None:
    if here.state in REFUSED:
        return Text(
            "reenviar lo mismo no cambia nada: corríjalo y reenvíelo",
            "sending the same changes nothing: correct it and send it again",
        )
    if here.state == State.AUTHORIZED:
        if here.ride is None or here.ride.path:
            return Text("está autorizado y su RIDE está guardado", "it is authorized and its RIDE is stored")
        return _busy(here.ride, here.now)
    if here.halts and here.state in (State.DRAFT, State.SIGNED):
        return Text(
            "la emisión está suspendida: levante primero la suspensión",
            "issuing is halted: lift the halt first",
        )
    return _busy(here.document, here.now)


def _hold(here: Situation) -> Text | None:
    if here.state not in holding.NOT_SENT:
        return holding.SENT
    if here.may_be_at_the_sri:
        return holding.MAYBE_SENT
    if here.document.needs_person_since:
        return holding.WAITS_ALREADY
    return _busy(here.document, here.now)


def _ask(here: Situation) -> Text | None:
    match here.state:
        case State.DRAFT:
            return Text(
                "todavía no se ha enviado: el SRI no sabe de él", "not sent yet: the SRI does not know it"
            )
        case State.SIGNED:
            return Text(
                "todavía no consta que el SRI lo tenga: al reintentar se pregunta antes de reenviar",
                "nothing shows yet that the SRI has it: a retry asks before it sends again",
            )
        case State.AUTHORIZED:
            return Text("ya está autorizado", "it is authorized already")
    return _busy(here.document, here.now)


def _correct(here: Situation) -> Text | None:
    if here.state in MOVING:
        return Text(
            "el SRI no lo ha rechazado: espere su respuesta",
            "the SRI has not refused it: wait for its answer",
        )
    if here.state == State.AUTHORIZED:
        return Text(
            "el SRI ya lo autorizó y no se puede cambiar: emita una nota de crédito",
            "the SRI authorized it and it cannot change: issue a credit note",
        )
    return _busy(here.document, here.now)


def _new_number(here: Situation) -> Text | None:
    if here.state not in REFUSED or Follow.NEW_NUMBER not in {describe(c).follow for c in here.codes}:
        return Text(
            "solo después del código 45 (secuencial registrado)",
            "only after code 45 (number registered already)",
        )
    if key := here.key_not_asked_about:
        return Text(
            f"todavía no se ha preguntado al SRI por la clave anterior {key}",
            f"the SRI has not been asked yet about the earlier key {key}",
        )
    return _busy(here.document, here.now)


def _resend_mail(here: Situation) -> Text | None:
    if here.ride is None or not here.ride.path:
        return Text("todavía no tiene RIDE que enviar", "it has no RIDE to send yet")
    if not here.mail_is_on:
        return Text(
            "esta instalación no tiene servidor de correo (SMTP_URL)",
            "this installation has no mail server (SMTP_URL)",
        )
    return None


def _rebuild_ride(here: Situation) -> Text | None:
    if here.state != State.AUTHORIZED or here.ride is None:
        return Text(
            "solo hay RIDE después de la autorización", "there is a RIDE only after the authorization"
        )
    if not here.ride.path:
        return Text("todavía se está generando", "it is still being made")
    return _busy(here.ride, here.now)


def _lift_halt(here: Situation) -> Text | None:
    if here.halts and here.state not in (State.PENDING_AUTHORIZATION, State.AUTHORIZED):
        return None
    return Text("ninguna suspensión lo detiene", "no halt holds it")


def _busy(row: WorkRow, now: datetime) -> Text | None:
    return BUSY if row.lease_until and row.lease_until > now else None


_JUDGES: dict[Action, Callable[[Situation], Text | None]] = {
    Action.RETRY: _retry,
    Action.HOLD: _hold,
    Action.CORRECT: _correct,
    Action.NEW_NUMBER: _new_number,
    Action.ASK_SRI: _ask,
    Action.RESEND_MAIL: _resend_mail,
    Action.REBUILD_RIDE: _rebuild_ride,
    Action.LIFT_HALT: _lift_halt,
    Action.NOTE: lambda _: None,
}
