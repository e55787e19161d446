"""The last source: the usage body that `claude` last fetched, in its `.claude.json`.

`cachedUsageUtilization` holds `utilization` (the body), `fetchedAtMs` and `accountUuid` (seen
2026-08 to 2026-11). It is renewed when the program pleases, days apart at times, so that its
windows are a floor, and those that have ended since say nothing.
"""

from bhoga_core.payload import (
    Members,
    UnexpectedError,
    answered,
    inside,
    malformed,
    members,
    members_of,
    number,
    parsed,
    text,
)
from bhoga_core.providers.claude_code import CACHE, CACHED_USAGE, FETCHED
from bhoga_core.providers.claude_code.unfamiliar import refuse_elsewhere
from bhoga_core.providers.claude_code.usage import usage_reading
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_core.window import WindowKind

_DAY = 86400.0


def read_cached(payload: bytes, at: float, _zones: Zones) -> Answer:
    """The windows in the file that are still open at the Unix second `at`, dated by themselves."""
    return answered(lambda: _reading(members_of(parsed(payload)), at))


def _reading(settings: Members, at: float) -> Reading:
    cache = members(settings, CACHE)
    if cache is None:
        raise UnexpectedError(Declined(Reason.ABSENT, "claude has kept no usage yet"))
    login = members(settings, "oauthAccount")
    account = None if login is None else text(login, "accountUuid", "oauthAccount")
    if not account:
        raise UnexpectedError(Declined(Reason.NO_LOGIN, "nobody is logged in: run claude"))
    if text(cache, "accountUuid", CACHE) != account:
        raise UnexpectedError(Declined(Reason.NO_SIGNAL, "the usage it keeps is of another login"))
    millis = number(cache, FETCHED, CACHE)
    body = members(cache, "utilization", CACHE)
    if millis is None or body is None:
        raise malformed("no usage, or none that is dated", CACHE)
    if millis / 1000.0 > at + _DAY:
        raise malformed("later than now", inside(CACHE, FETCHED))
    # Not deeper: what people did in their projects is kept in there too.
    refuse_elsewhere({**settings, CACHE: {**cache, "utilization": None}}, deepest=1)
    path = inside(CACHE, "utilization")
    reading = usage_reading(body, CACHED_USAGE, min(millis / 1000.0, at), path)
    for window in reading.windows:
        # Only a window that has not begun has no reset; of any other nobody knows if it is over.
        if window.resets_at is None and window.used and window.kind is WindowKind.ALLOWANCE:
            raise malformed("a limit in use without its reset", path)
    still_open = tuple(
        window
        for window in reading.windows
        if window.resets_at is not None and window.resets_at > at
    )
    if not still_open:
        raise UnexpectedError(Declined(Reason.NO_SIGNAL, "what it keeps has ended since"))
    return Reading(still_open, ignored=reading.ignored)
