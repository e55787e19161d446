"""The proxy lets nothing out, and what comes through it is seen. No real program is needed."""

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from bhoga_shell.demo.backends import Backends
from connect_proxy import ConnectProxy, Proxied
from throwaway_ca import OPENSSL, Authority, authority_for

HOST = "usage.invalid"

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl is not on PATH")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """What the host's certificate is signed by."""
    return authority_for({HOST}, tmp_path)


@pytest.fixture
def backends() -> Iterator[Backends]:
    """What is behind the proxy."""
    with Backends() as running:
        yield running


@pytest.fixture
def proxy(authority: Authority, backends: Backends) -> Iterator[ConnectProxy]:
    """A proxy that knows one host."""
    port = int(backends.origin.rpartition(":")[2])
    with ConnectProxy(frozenset({HOST}), authority.context, port) as running:
        yield running


def tunnel(
    proxy: ConnectProxy, trusted: Path | None, host: str = HOST
) -> http.client.HTTPConnection:
    """A connection to `host` through the proxy, by who trusts the certificate in a file."""
    context = ssl.create_default_context(cafile=trusted)
    port = int(proxy.url.rpartition(":")[2])
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    connection.set_tunnel(host, 443)
    return connection


def test_what_comes_in_a_tunnel_is_answered_by_the_backends(
    proxy: ConnectProxy, authority: Authority, backends: Backends
) -> None:
    """Under the host's own name, and a model call is counted like any other way to one."""
    for method, path, status in (
        ("GET", "/api/oauth/usage?x=1", 401),
        ("POST", "/v1/messages", 403),
        ("PUT", "/anything", 501),
    ):
        connection = tunnel(proxy, authority.certificate)
        connection.request(method, path, body=b"{}")
        response = connection.getresponse()
        assert response.status == status
        response.read()
        connection.close()
    assert proxy.requests == (
        Proxied(HOST, "GET", "/api/oauth/usage"),
        Proxied(HOST, "POST", "/v1/messages"),
        Proxied(HOST, "PUT", "/anything"),
    )
    assert backends.model_calls == 1
    assert proxy.refused == ()


def test_no_other_host_is_reached(proxy: ConnectProxy, authority: Authority) -> None:
    """A tunnel elsewhere ends at the proxy, even to this machine."""
    for host in ("example.invalid", "127.0.0.1"):
        with pytest.raises(OSError, match="403"):
            tunnel(proxy, authority.certificate, host).request("GET", "/")
    assert proxy.refused == ("example.invalid:443", "127.0.0.1:443")
    assert proxy.requests == ()


def test_nothing_is_forwarded_without_a_tunnel(proxy: ConnectProxy) -> None:
    """As a program asks that was given the proxy for plain HTTP."""
    connection = http.client.HTTPConnection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
    connection.request("GET", "http://usage.invalid/api?key=secret")
    assert connection.getresponse().status == 403
    connection.close()
    assert proxy.refused == ("http://usage.invalid/api",)


def test_who_does_not_trust_the_authority_is_told_nothing(
    proxy: ConnectProxy, backends: Backends
) -> None:
    """The certificate is good for nobody who was not asked to trust it."""
    with pytest.raises(ssl.SSLCertVerificationError):
        tunnel(proxy, None).request("GET", "/api/oauth/usage")
    assert backends.requests == ()
