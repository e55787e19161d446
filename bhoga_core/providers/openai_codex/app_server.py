"""Codex's own answer about its limits: `codex app-server` over stdio, no model call.

One JSON object a line, no `jsonrpc` member; notifications come between the replies, and the program
may put questions of its own with ids of its own. Measured with Codex 0.169 (2026-11): 0.1 to 0.6 s,
exit code 0 whatever the answer. Builds from before `excludeResetCreditDetails` refuse the question.
"""

import re
from collections.abc import Iterator

from bhoga_core.payload import (
    Members,
    UnexpectedError,
    answered,
    flag,
    inside,
    malformed,
    members,
    members_of,
    number,
    parsed,
    text,
)
from bhoga_core.providers.openai_codex import CODEX_APP_SERVER, INITIALIZE, READ_LIMITS
from bhoga_core.providers.openai_codex.limits import PLAN, word
from bhoga_core.providers.openai_codex.snapshot import read_snapshot, scope_of_snapshot
from bhoga_core.providers.openai_codex.spelling import APP_SERVER
from bhoga_core.providers.openai_codex.unread import refuse_unread
from bhoga_core.providers.openai_codex.usage_body import read_usage_body
from bhoga_core.providers.openai_codex.windows import Origin, closed, complete, joined
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_core.window import EVERY_MODEL

_FAILED, _NO_SUCH_METHOD = -32603.0, -32601.0
_MOST_LIMITS = 64
_LONGEST_MESSAGE = 1 << 20

# What Codex says of a failed request: the status, behind a URL and before the body it quotes.
_STATUS = re.compile(r" failed: ([1-5][0-9]{2})\b")
_UNREADABLE = "Decode error"
_BODY = "body="


def is_initialized(line: bytes) -> bool:
    """Whether a line that the program wrote is its reply to `initialize`. Total."""
    return any(reply == INITIALIZE for reply, _ in _replies(line))


def is_answer(line: bytes) -> bool:
    """Whether a line that the program wrote is its reply to the question. Total."""
    return any(reply == READ_LIMITS for reply, _ in _replies(line))


def _replies(payload: bytes) -> Iterator[tuple[int, Members]]:
    """The replies in the lines of a payload, with the ids of what they reply to.

    What has a method is a notification, or a question of the program's own.
    """
    for line in payload.splitlines():
        if b'"id"' not in line:
            continue
        try:
            message = members_of(parsed(line))
        except UnexpectedError:
            continue
        reply = message.get("id")
        if type(reply) is int and "method" not in message:
            yield reply, message


def read_app_server(payload: bytes, at: float, _zones: Zones) -> Answer:
    """The limits in everything that the program wrote, or why there are none."""
    return answered(lambda: _read(payload, Origin(CODEX_APP_SERVER, at)))


def _read(payload: bytes, origin: Origin) -> Reading:
    replies = dict(_replies(payload))
    reply = replies.get(READ_LIMITS)
    if reply is None:
        if payload.strip() and INITIALIZE not in replies:
            raise malformed("no reply of the app-server")
        raise _declined(Reason.UNAVAILABLE, "Codex ended before it answered: run codex to see why")
    error = members(reply, "error")
    if error is not None:
        return _quoted_body(error, origin)
    result = members(reply, "result")
    if result is None:
        raise malformed("absent", "result")
    refuse_unread({**reply, "result": None}, "")
    return read_limits(result, origin, "result")


def read_limits(result: Members, origin: Origin, path: str = "") -> Reading:
    """All limits of a `GetAccountRateLimitsResponse`. Raises UnexpectedError.

    `rateLimits` repeats one of those by id, so that what one copy has lost the other still says.
    """
    readings: list[Reading] = []
    scopes: set[str] = set()
    places: set[str] = set()
    for place, limit_id, fields in _snapshots(result, path):
        scope = scope_of_snapshot(fields, APP_SERVER, limit_id, place)
        scopes.add(scope)
        places.add(place)
        readings.append(read_snapshot(fields, APP_SERVER, scope, origin, place))
    refuse_unread(result, path, places)
    if EVERY_MODEL not in scopes:
        raise malformed("the plan's own limit is absent", inside(path, "rateLimitsByLimitId"))
    found = joined(readings)
    refused = flag(result, "ordinaryUsageAllowed", path) is False
    return complete(joined((found, closed(refused, EVERY_MODEL, found, origin))))


def _snapshots(result: Members, path: str) -> Iterator[tuple[str, str, Members]]:
    """The place, limit id and members of every snapshot; the plan's own is the first to tell."""
    place = inside(path, "rateLimits")
    fields = members(result, "rateLimits", path)
    if fields is not None:
        yield place, text(fields, APP_SERVER.limit_id, place) or PLAN, fields
    place = inside(path, "rateLimitsByLimitId")
    by_id = members(result, "rateLimitsByLimitId", path) or {}
    if len(by_id) > _MOST_LIMITS:
        raise malformed(f"more than {_MOST_LIMITS} limits", place)
    for limit_id in by_id:
        one = inside(place, word(limit_id) or "?")
        fields = members_of(by_id[limit_id], one)
        if text(fields, APP_SERVER.limit_id, one) not in (None, limit_id):
            raise malformed("another id than its key", inside(one, APP_SERVER.limit_id))
        yield one, limit_id, fields


def _quoted_body(error: Members, origin: Origin) -> Reading:
    """What the usage endpoint answered, where Codex quotes it because it could not read it.

    Raises UnexpectedError with the reason for any other error, which never holds Codex's message:
    there are URLs and bodies in it.
    """
    code = number(error, "code", "error")
    message = text(error, "message", "error", _LONGEST_MESSAGE) or ""
    said, _, rest = message.partition(_BODY)
    if _UNREADABLE in said and rest.startswith("{"):
        path = "error.message.body"
        return read_usage_body(members_of(parsed(rest), path), origin, path)
    if code == _FAILED:
        raise _failed(said)
    raise _refused(code, said)


def _failed(said: str) -> UnexpectedError:
    """Why the request to the provider failed, from what Codex says before it quotes a body."""
    status = _STATUS.search(said)
    match int(status[1]) if status else 0:
        case 401 | 403 as code:
            return _declined(
                Reason.REFUSED, f"OpenAI refuses the login (HTTP {code}): run codex login"
            )
        case 429:
            return _declined(Reason.RATE_LIMITED, "OpenAI's usage endpoint was asked too often")
        case 0 if "access token could not be refreshed" in said:
            return _declined(Reason.EXPIRED, "the login could not be renewed: run codex login")
        case 0:
            return _declined(Reason.UNAVAILABLE, "Codex did not get its limits from OpenAI")
        case code:
            return _declined(Reason.UNAVAILABLE, f"OpenAI's usage endpoint answered HTTP {code}")


def _refused(code: float | None, said: str) -> UnexpectedError:
    """Why Codex itself refuses the question."""
    if "authentication required" in said:
        if said.startswith("chatgpt "):
            detail = "an API key has no plan quota: run codex login with a ChatGPT account"
            return _declined(Reason.NO_LOGIN, detail)
        return _declined(Reason.NO_LOGIN, "nobody is logged in: run codex login")
    if code == _NO_SUCH_METHOD or "Invalid request" in said:
        return _declined(Reason.UNSUPPORTED, "this version of Codex does not know the question")
    return _declined(Reason.UNAVAILABLE, "Codex refused to tell its limits")


def _declined(reason: Reason, detail: str) -> UnexpectedError:
    return UnexpectedError(Declined(reason, detail))
