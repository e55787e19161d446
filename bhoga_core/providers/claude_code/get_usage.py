"""The second source: `claude` itself, asked with the control request `get_usage`.

One line each way over stream-json, no model call; the program renews its own login. Run with
2.1.197 and 2.1.330: both need no `initialize`, the older one answers only while stdin stays open.
The reply holds the usage body under `response.response.rate_limits`; that is null where there is no
login with a plan (`rate_limits_available` false) and where the endpoint did not answer.
"""

from bhoga_core.payload import (
    Members,
    UnexpectedError,
    answered,
    flag,
    inside,
    malformed,
    members,
    members_of,
    parsed,
    text,
)
from bhoga_core.providers.claude_code import GET_USAGE, REQUEST_ID
from bhoga_core.providers.claude_code.limit import readable
from bhoga_core.providers.claude_code.unfamiliar import refuse_elsewhere
from bhoga_core.providers.claude_code.usage import usage_reading
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones

_REPLY = "response.response"


def is_reply(line: bytes) -> bool:
    """Whether a line that `claude` printed is its reply to the request. Total."""
    return _reply(line) is not None


def read_get_usage(payload: bytes, at: float, _zones: Zones) -> Answer:
    """What `claude` printed in all, true at the Unix second `at`."""
    return answered(lambda: _reading(payload, at))


def _reading(payload: bytes, at: float) -> Reading:
    line = next((found for line in payload.splitlines() if (found := _reply(line))), None)
    if line is None:
        if payload.strip():
            raise malformed("no reply to get_usage")
        raise UnexpectedError(Declined(Reason.UNAVAILABLE, "claude ended without a word"))
    reply = members_of(line["response"], "response")
    outcome = text(reply, "subtype", "response")
    if outcome == "error":
        raise UnexpectedError(_refusal(reply))
    body = members(reply, "response", "response")
    if outcome != "success" or body is None:
        raise malformed("no success and no error", "response")
    limits = members(body, "rate_limits", _REPLY)
    available = flag(body, "rate_limits_available", _REPLY)
    if limits is None:
        if available is None or "rate_limits" not in body:
            raise malformed("no rate limits", _REPLY)
        raise UnexpectedError(
            Declined(Reason.UNAVAILABLE, "claude could not fetch its usage")
            if available
            else Declined(Reason.NO_LOGIN, "no login with a plan: run claude and /login")
        )
    plan = text(body, "subscription_type", _REPLY)
    if plan is not None and not readable(plan):
        raise malformed("no readable name", inside(_REPLY, "subscription_type"))
    around = {**line, "response": {**reply, "response": {**body, "rate_limits": None}}}
    refuse_elsewhere(around, deepest=4)
    return usage_reading(limits, GET_USAGE, at, inside(_REPLY, "rate_limits"), plan)


def _reply(line: bytes) -> Members | None:
    """The members of a line that is the reply, None of any other. Total."""
    if b"control_response" not in line:
        return None
    try:
        fields = members_of(parsed(line))
        response = members(fields, "response")
    except UnexpectedError:
        return None
    if response is None or fields.get("type") != "control_response":
        return None
    return fields if response.get("request_id") == REQUEST_ID else None


def _refusal(reply: Members) -> Declined:
    error = reply.get("error")
    if type(error) is str and error.startswith("Unsupported control request"):
        return Declined(Reason.UNSUPPORTED, "this claude does not know get_usage: update it")
    return Declined(Reason.UNAVAILABLE, "claude answered with an error")
