"""The login that Claude Code keeps: the token, or why there is none to use."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.probe import Login
from bhoga_core.providers.claude_code.login import read_login
from bhoga_core.reading import Declined, Reason

NOW = 1_800_000_000.0
TOKEN = "a-made-up-access-token"
RENEWAL = "a-made-up-refresh-token"


def file(**changes: object) -> bytes:
    """A credentials file; None takes a field out."""
    login = {
        "accessToken": TOKEN,
        "refreshToken": RENEWAL,
        "expiresAt": (NOW + 3600.0) * 1000.0,
        "refreshTokenExpiresAt": (NOW + 864000.0) * 1000.0,
        "scopes": ["user:inference", "user:profile"],
        "subscriptionType": "max",
        **changes,
    }
    return json.dumps({"claudeAiOauth": login, "mcpOAuth": {}}).encode()


def declined(payload: bytes) -> Declined:
    """Why there is no login in a file."""
    answer = read_login(payload, NOW)
    assert isinstance(answer, Failure), answer
    return answer.failure()


@pytest.mark.parametrize("changes", [{}, {"scopes": None}, {"scopes": []}, {"expiresAt": None}])
def test_the_access_token_is_the_login(changes: dict[str, object]) -> None:
    """Scopes and an expiry that are not listed are for the server to know."""
    answer = read_login(file(**changes), NOW)
    assert answer == Success(Login(TOKEN))
    assert TOKEN not in repr(answer)


@pytest.mark.parametrize(
    ("seconds", "ago"),
    [(0.0, "0 s"), (59.0, "59 s"), (90.0, "1 min"), (11000.0, "3 h"), (3e5, "3 d")],
)
def test_an_expired_login_says_how_long_ago(seconds: float, ago: str) -> None:
    """Renewing it is its owner's, so the person is told what to run."""
    expired = declined(file(expiresAt=(NOW - seconds) * 1000.0))
    assert expired == Declined(Reason.EXPIRED, f"the login expired {ago} ago: run claude")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (file(accessToken="", refreshToken="", expiresAt=0), Reason.NO_LOGIN),
        (file(expiresAt=0), Reason.NO_LOGIN),
        (file(accessToken=None), Reason.NO_LOGIN),
        (b'{"mcpOAuth": {"a": {"accessToken": "x"}}}', Reason.NO_LOGIN),
        (b'{"claudeAiOauth": null}', Reason.NO_LOGIN),
        (file(scopes=["user:inference"]), Reason.SCOPE),
        (file(scopes=["user:inference"], expiresAt=(NOW - 1.0) * 1000.0), Reason.SCOPE),
    ],
)
def test_a_login_of_no_use_says_why(payload: bytes, reason: Reason) -> None:
    """Blanked by a race, kept for other servers alone, or not allowed to read usage."""
    assert declined(payload).reason is reason


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (b"", "the file"),
        (b"[]", "the file"),
        (b"\xff\xfe{", "the file"),
        (b'{"claudeAiOauth": "x"}', "claudeAiOauth"),
        (file(accessToken=5), "claudeAiOauth.accessToken"),
        (file(accessToken="two words"), "claudeAiOauth.accessToken"),
        (file(accessToken="a\r\nhost: b"), "claudeAiOauth.accessToken"),
        (file(expiresAt="soon"), "claudeAiOauth.expiresAt"),
        (file(scopes="user:profile"), "claudeAiOauth.scopes"),
        (file(scopes=[5]), "claudeAiOauth.scopes"),
    ],
)
def test_a_file_of_another_form_says_where(payload: bytes, place: str) -> None:
    """The path, and never what stood there."""
    changed = declined(payload)
    assert changed.reason is Reason.CHANGED
    assert changed.detail.startswith(f"{place}: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(["accessToken", "refreshToken", "expiresAt", "scopes"])


@given(st.binary() | st.dictionaries(FIELDS, JSON).map(lambda fields: file(**fields)))
def test_reading_a_login_is_total(payload: bytes) -> None:
    """Whatever is in the file, a token comes out of it or a reason, and no refresh token."""
    answer = read_login(payload, NOW)
    assert isinstance(answer, Success | Failure)
    assert RENEWAL not in repr(answer)
