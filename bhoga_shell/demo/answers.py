"""What a stand-in answers over HTTP, and what a stand-in is."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from bhoga_shell.demo.scenarios import Manner, Manners, Scenario

JsonObject: TypeAlias = Mapping[str, object]
"""A JSON object that is being written."""

REDIRECTED = "/redirected"
"""Where a redirect leads. Nobody who holds a token may be seen there."""

_HUGE = 5 * 1024 * 1024
_GARBAGE = b"\x1f\x8b\x00<html>\xff\xfe not the {answer you asked for"


class Response(NamedTuple):
    """A status, headers with lower-case names, and a body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Backend(NamedTuple):
    """The stand-in for one provider's backend.

    `accepts` looks at the headers (lower-case names) of a request for one of `usage_paths`: whether
    they carry the demo's login as the real backend wants it. `respond` is what it answers at a Unix
    second to who is let in, `refusal` what to who is not, and `manners` how the scenario wants it.
    """

    provider: str
    usage_paths: frozenset[str]
    accepts: Callable[[Mapping[str, str]], bool]
    respond: Callable[[Scenario, float], Response]
    refusal: Response
    manners: Callable[[Scenario], Manners]


def json_response(status: int, body: JsonObject, *headers: tuple[str, str]) -> Response:
    """A response with a JSON body."""
    content = json.dumps(body).encode()
    return Response(status, (("content-type", "application/json"), *headers), content)


def padding(manners: Manners) -> str:
    """What makes one text of a huge answer longer than anybody should keep; nothing otherwise."""
    return "x" * _HUGE if manners.manner is Manner.HUGE else ""


def in_manner(
    manners: Manners, body: JsonObject, refusals: Mapping[Manner, tuple[int, JsonObject]]
) -> Response:
    """What a backend that would say `body` answers in the manner of its scenario.

    An answer that is held back is the ordinary one: holding it is the server's part.
    """
    manner = manners.manner
    if manner is Manner.GARBAGE:
        return Response(200, (("content-type", "application/json"),), _GARBAGE)
    if manner is Manner.REDIRECT:
        return Response(302, (("location", REDIRECTED),), b"")
    if manner not in refusals:
        return json_response(200, body)
    status, refusal = refusals[manner]
    if status != 429 or manners.retry_after is None:
        return json_response(status, refusal)
    return json_response(status, refusal, ("retry-after", manners.retry_after))
