"""Faults of the way to the SRI before a byte of a request is sent."""

from pathlib import Path

from app.store.documents import SriExchange
from app.tenancy import every_tenant_scope
from faults.fault import Fault
from faults.ground import Ground
from faults.oracle import sent_again

UNREACHABLE = Path(__file__).with_name("unreachable")
TROUBLES = {
    "name": "resolve",
    "handshake": "wrong version number",
    "expired": "certificate has expired",
}
CALLS = 20
STRIKES_WITHIN_S = 60.0


def _no_way(ground: Ground) -> None:
    """One trouble after the other; connections kept from before are cut, so that new ones are needed."""
    trouble = ground.settings.autoriza_home / "the-way-to-the-sri"
    ground.strike()
    for word, sentence in TROUBLES.items():
        trouble.write_text(word)
        ground.proxies["sri"].cut()
        ground.import_more(CALLS // 2)
        ground.until(lambda said=sentence: _met(said), STRIKES_WITHIN_S, f"a call that meets: {sentence}")
        ground.wait(ground.scale.outage_s / 2)
    trouble.unlink()


def _met(sentence: str) -> bool:
    with every_tenant_scope():
        return SriExchange.select().where(SriExchange.detail.contains(sentence)).exists()


def _never_sent(ground: Ground) -> list[str]:
    return [f"{key} was sent again" for key in sent_again(ground)]


FAULTS = (
    Fault(
        "F33",
        "the SRI's name is not found, its port speaks no TLS, its certificate has expired",
        "tried again until it works, no bypass; nothing reached the SRI twice",
        _no_way,
        _never_sent,
        proxied=frozenset({"sri"}),
        inside=(UNREACHABLE,),
    ),
)
