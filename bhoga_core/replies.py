"""What an HTTP reply means: an answer for the source's parser, or why there is none.

No word of a body ever leaves in a detail. A body is looked into only to tell apart refusals that
different things help against.
"""

from dataclasses import dataclass, field
from typing import cast

from returns.result import Failure

from bhoga_core.headers import retry_after
from bhoga_core.payload import UnexpectedError, parsed
from bhoga_core.reading import Answer, Declined, Parser, Reason, Zones

_REFUSALS = (
    ("rate limit", Reason.RATE_LIMITED, "asked too often"),
    ("scope", Reason.SCOPE, "the login may not read usage"),
    ("expired", Reason.REFUSED, "the login has expired"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as far as it matters.

    `headers` are lower-case names and values, the few that say when to ask again. `received_at` is
    in Unix seconds. The body is in no repr.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    received_at: float


def answer_of(reply: Reply, parse: Parser, at: float, zones: Zones) -> Answer:
    """What `parse` reads in the body of a 200, true at the Unix second `at`; else why nothing.

    A 401 or 403 is a refused login, also one that the provider calls expired: the same will not
    become good again. Its JSON error may speak of a scope or (GitHub) of a rate limit instead.
    `retry_at` comes from a positive Retry-After alone.
    """
    status = reply.status
    if status == 200:
        return parse(reply.body, at, zones)
    if status in (401, 403):
        return Failure(_refusal(reply))
    if status == 429:
        return Failure(_too_often(reply, "asked too often"))
    if 300 <= status < 400:
        return _unavailable(f"it answered with a redirect ({status}), which is not followed")
    if status >= 500:
        return _unavailable(f"an error of the server ({status})")
    return _unavailable(f"it answered with status {status}")


def _refusal(reply: Reply) -> Declined:
    said = _error_text(reply.body)
    for word, reason, meaning in _REFUSALS:
        if word in said:
            if reason is Reason.RATE_LIMITED:
                return _too_often(reply, meaning)
            return Declined(reason, f"{meaning} ({reply.status})")
    return Declined(Reason.REFUSED, f"the login was refused ({reply.status})")


def _too_often(reply: Reply, meaning: str) -> Declined:
    wait = retry_after(dict(reply.headers), reply.received_at)
    return Declined(Reason.RATE_LIMITED, f"{meaning} ({reply.status})", wait)


def _unavailable(detail: str) -> Answer:
    return Failure(Declined(Reason.UNAVAILABLE, detail))


def _error_text(body: bytes) -> str:
    """The `type` and `message` of a JSON error, or of its `error`, in lower case."""
    try:
        top = parsed(body)
    except UnexpectedError:
        return ""
    said: list[str] = []
    for value in (top, _member(top, "error")):
        said += [
            one
            for one in (value, _member(value, "type"), _member(value, "message"))
            if type(one) is str
        ]
    return " ".join(said).lower()


def _member(value: object, name: str) -> object:
    return cast("dict[str, object]", value).get(name) if type(value) is dict else None
