"""What an HTTP reply means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_core.replies import Reply, answer_of

CANARY = "c4n4ry"
AT = 1_800_000_000.0
RECEIVED = AT + 3


def no_zones(_: str) -> None:
    """A machine that knows no zones."""


def parse(payload: bytes, at: float, zones: Zones) -> Answer:
    """A parser that tells what it was given."""
    assert zones is no_zones
    return Success(Reading(plan=f"{payload!r} at {at}"))


def told(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """What a reply means."""
    reply = Reply(status, tuple((headers or {}).items()), body, RECEIVED)
    return answer_of(reply, parse, AT, no_zones)


def declined(answer: Answer) -> Declined:
    """Why there is no answer."""
    assert isinstance(answer, Failure)
    problem = answer.failure()
    assert isinstance(problem, Declined)
    return problem


def error(message: str, kind: str = "") -> bytes:
    """A JSON error as Anthropic words it."""
    return json.dumps({"error": {"type": kind, "message": f"{message} {CANARY}"}}).encode()


def test_a_200_is_parsed() -> None:
    """With the second at which it was true, whenever it was received."""
    assert told(200, b"{}") == Success(Reading(plan=f"b'{{}}' at {AT}"))


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.REFUSED),
        (b"<html>scope, expired</html>", Reason.REFUSED),
        (b"[" * 100_000, Reason.REFUSED),
        (error("Invalid bearer token", "authentication_error"), Reason.REFUSED),
        (error("OAuth token has expired. Please obtain a new one."), Reason.REFUSED),
        (error("OAuth token does not meet scope requirement user:profile"), Reason.SCOPE),
        (b'{"message": "Your token has Expired"}', Reason.REFUSED),
        (b'{"error": "insufficient_scope"}', Reason.SCOPE),
        (b'{"error": null, "message": ["scope"]}', Reason.REFUSED),
        (b'{"message": "API rate limit exceeded for user 1."}', Reason.RATE_LIMITED),
    ],
)
def test_a_refused_login_is_told_apart_by_what_helps(
    status: int, body: bytes, reason: Reason
) -> None:
    """Only a JSON error is looked into, and nothing of it is repeated."""
    refusal = declined(told(status, body))
    assert refusal.reason is reason
    assert str(status) in refusal.detail
    assert CANARY not in repr(refusal)


@pytest.mark.parametrize(
    ("headers", "retry_at"),
    [
        ({}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1600"}, RECEIVED + 1600),
        ({"retry-after-ms": "1500"}, RECEIVED + 1.5),
    ],
)
def test_only_a_positive_retry_after_is_believed(
    headers: dict[str, str], retry_at: float | None
) -> None:
    """Counted from when the reply came, not from the question."""
    assert declined(told(429, b"", headers)) == Declined(
        Reason.RATE_LIMITED, "asked too often (429)", retry_at
    )
    limited = declined(told(403, b'{"message": "secondary rate limit"}', headers))
    assert (limited.reason, limited.retry_at) == (Reason.RATE_LIMITED, retry_at)


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """And where it leads is not repeated."""
    refusal = declined(told(status, b"", {"location": f"https://{CANARY}.example"}))
    assert refusal == Declined(
        Reason.UNAVAILABLE, f"it answered with a redirect ({status}), which is not followed"
    )


@pytest.mark.parametrize("status", [100, 204, 206, 400, 402, 404, 410, 500, 502, 503, 529])
def test_any_other_status_says_nothing_of_the_quota(status: int) -> None:
    """The status is named, the body is not."""
    refusal = declined(told(status, error("scope expired rate limit")))
    assert refusal.reason is Reason.UNAVAILABLE
    assert str(status) in refusal.detail
    assert CANARY not in repr(refusal)


def test_a_body_is_in_no_repr() -> None:
    """It may hold names and ids."""
    assert CANARY not in repr(Reply(200, (), CANARY.encode(), AT))


@given(st.integers(100, 999), st.binary(max_size=200), st.text(max_size=20))
def test_no_reply_raises(status: int, body: bytes, wait: str) -> None:
    """Any status, body and wait have a meaning."""
    told(status, body, {"retry-after": wait, "date": wait})
