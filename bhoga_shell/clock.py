"""The clocked forms of the two functions of the core that need to know what time it is."""

import time

from bhoga_core import reducers
from bhoga_core.quota import ProviderQuota


def calibrate(q: ProviderQuota, headers: object, *, now: float | None = None) -> ProviderQuota:
    """`q` with what a response's headers say, received at `now` (Unix seconds; the current time).

    See `bhoga_core.calibrate`.
    """
    return reducers.calibrate(q, headers, time.time() if now is None else now)


def mark_throttled(
    q: ProviderQuota, retry_after: float | None = None, *, now: float | None = None
) -> ProviderQuota:
    """`q` throttled for `retry_after` seconds from `now` (Unix seconds; the current time).

    See `bhoga_core.mark_throttled`.
    """
    return reducers.mark_throttled(q, retry_after, time.time() if now is None else now)
