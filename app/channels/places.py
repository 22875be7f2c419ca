"""Which hosts a channel may be at: none at a link-local address, unless a setting says so.

Such addresses answer with the credentials of the machine at several clouds (169.254.169.254).
"""

import ipaddress
import socket

from app.errors import AutorizaError


class NotAPlace(AutorizaError):
    """The host cannot be found, or lies where no channel may be; the text says which."""


def addresses_of(host: str, port: int, *, link_local: bool) -> list[tuple[str, int]]:
    """Where ``host`` is, to connect to exactly these: a name asked twice may answer twice. Raises ``NotAPlace``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotAPlace(f"no se encuentra {host}") from error
    places = [(str(address[0]), int(address[1])) for *_, address in found]
    if not link_local and any(_is_link_local(address) for address, _ in places):
        raise NotAPlace(f"{host} tiene una dirección local del enlace: vea ALERT_LINK_LOCAL")
    return places


def _is_link_local(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(known, "ipv4_mapped", None)
    return (mapped or known).is_link_local
