"""Where a request may go."""

from ipaddress import ip_address

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bhoga_core.probe import HttpGet, LoginVariables
from bhoga_core.reading import Declined, Reason
from bhoga_shell.probes.endpoint import Endpoint, endpoint

URL = "https://api.example.com/usage/v1?all=1"


def probe(url: str = URL) -> HttpGet:
    """A probe whose endpoint `TOOL_URL` may name."""
    return HttpGet(url, "Bearer", LoginVariables((), (), ()), "TOOL_URL")


@pytest.mark.parametrize("environ", [{}, {"TOOL_URL": "  "}])
def test_without_another_it_is_the_source_s_own(environ: dict[str, str]) -> None:
    """A blank variable counts as unset."""
    assert endpoint(probe(), environ) == Endpoint(URL, is_loopback=False)


@pytest.mark.parametrize(
    ("named", "origin"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.1.2.3:1/", "http://127.1.2.3:1"),
        (" https://localhost:8443 ", "https://localhost:8443"),
        ("HTTP://LOCALHOST", "http://localhost"),
        ("http://[::1]:9", "http://[::1]:9"),
    ],
)
def test_the_origin_may_be_on_this_machine(named: str, origin: str) -> None:
    """Path and query stay those of the source, and no proxy is in between."""
    assert endpoint(probe(), {"TOOL_URL": named}) == Endpoint(
        f"{origin}/usage/v1?all=1", is_loopback=True
    )


REFUSED = [
    "http://evil.example",
    "https://evil.example/127.0.0.1",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://localhost@evil.example",
    "http://user:canary@127.0.0.1",
    "http://@127.0.0.1",
    "http://128.0.0.1",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "http://127.1",
    "http://0177.0.0.1",
    "http://2130706433",
    "http://0x7f000001",
    "http://[::]",
    "http://[::ffff:127.0.0.1]",
    "http://[::1%25eth0]",
    "http://[fe80::1]",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:port",
    "http://127.0.0.1/path",
    "http://127.0.0.1?x=1",
    "http://127.0.0.1#@evil.example",
    "http://127.0.0.1\\@evil.example",
    "http://[::1",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "127.0.0.1:8000",
    "//127.0.0.1",
    "localhost",
    "http://localhost.",
    "http://\u217cocalhost",
    "http://127\u30020\u30020\u30021",
    "http://",
]


@pytest.mark.parametrize("named", REFUSED)
def test_anything_else_is_refused_in_words_that_do_not_repeat_it(named: str) -> None:
    """The variable is named, and what it takes; its value may hold a password."""
    refused = endpoint(probe(), {"TOOL_URL": named})
    assert isinstance(refused, Declined)
    assert refused.reason is Reason.UNAVAILABLE
    assert refused.detail == (
        "TOOL_URL is refused: it takes a loopback origin such as http://127.0.0.1:8000 only"
    )


PIECES = ["http://", "https://", "127.0.0.1", "localhost", "[::1]", "evil.example", ":80", "@", "/"]


@given(st.lists(st.sampled_from([*PIECES, "\\", "#", "?", "\t", "\n", "%00", ".", ""]) | st.text()))
def test_what_is_taken_is_on_this_machine_for_httpx_too(pieces: list[str]) -> None:
    """Two parsers may understand a text differently; what is sent to is understood by both."""
    found = endpoint(probe(), {"TOOL_URL": "".join(pieces)})
    if isinstance(found, Endpoint) and found.is_loopback:
        url = httpx.URL(found.url)
        assert url.host == "localhost" or ip_address(url.host).is_loopback
        assert not url.userinfo
        assert url.raw_path == b"/usage/v1?all=1"


def test_a_source_that_would_send_its_login_in_the_clear_is_refused() -> None:
    """Without TLS, this machine is all that is asked."""
    refused = endpoint(probe("http://api.example.com/usage"), {})
    assert isinstance(refused, Declined)
    assert refused.reason is Reason.UNAVAILABLE
    local = "http://127.0.0.1:1/usage"
    assert endpoint(probe(local), {}) == Endpoint(local, is_loopback=True)
