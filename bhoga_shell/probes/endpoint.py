"""Where a request goes: to the source's own URL or, for stand-ins, to this machine."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from bhoga_core.probe import HttpGet
from bhoga_core.reading import Declined, Reason

_LOOPBACK_4 = IPv4Network("127.0.0.0/8")
_LOOPBACK_6 = IPv6Address("::1")


class Endpoint(NamedTuple):
    """The URL that is asked, and whether it is on this machine, where no proxy is used."""

    url: str
    is_loopback: bool


def endpoint(probe: HttpGet, environ: Mapping[str, str]) -> Endpoint | Declined:
    """Where `probe` asks: its URL, on the origin that its `endpoint_variable` names, if any.

    Only a loopback address or `localhost` is taken, by http or https: a token that was sent
    elsewhere would be stolen. For the same reason the source's own URL is https or on loopback.
    """
    variable = probe.endpoint_variable
    named = environ.get(variable, "").strip()
    own = urlsplit(probe.url)
    if not named:
        local = _loopback_origin(own)
        if local is None and own.scheme != "https":
            return Declined(Reason.UNAVAILABLE, "its URL is not https, so nothing is sent there")
        return Endpoint(probe.url, local is not None)
    origin = _named_origin(named)
    if origin is None:
        accepted = "a loopback origin such as http://127.0.0.1:8000"
        return Declined(Reason.UNAVAILABLE, f"{variable} is refused: it takes {accepted} only")
    return Endpoint(origin + own._replace(scheme="", netloc="").geturl(), is_loopback=True)


def _named_origin(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    bare = parts.path in ("", "/") and "?" not in text and "#" not in text
    return _loopback_origin(parts) if bare else None


def _loopback_origin(parts: SplitResult) -> str | None:
    """The origin if it is on this machine, None if not.

    It is written anew from what was understood, so that nobody understands it otherwise.
    """
    try:
        host, port = parts.hostname or "", parts.port
        address = None if host == "localhost" else ip_address(host)
    except ValueError:
        return None
    match address:
        case IPv4Address() if address not in _LOOPBACK_4:
            return None
        case IPv6Address() if address != _LOOPBACK_6:
            return None
        case IPv6Address():
            host = f"[{address}]"
        case _:
            pass
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{host}" + ("" if port is None else f":{port}")
