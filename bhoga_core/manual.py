"""What a person sets by hand, as windows."""

from bhoga_core.provider import Provider
from bhoga_core.window import MANUAL, Window


def set_by_hand(
    provider: Provider,
    percent: float,
    weekly_percent: float | None,
    at: float,
    ttl: float | None,
) -> tuple[Window, ...]:
    """The windows of `provider` with this many percent (0-100) left, set at `at` (Unix seconds).

    The first of its settable windows gets `percent`, the others `weekly_percent` (by default the
    same). Each counts for `ttl` seconds, by default for its own length; one without a length until
    it is cleared. Raises ValueError for a `weekly_percent` where there is no weekly window.
    """
    if weekly_percent is not None and len(provider.settable) < 2:
        raise ValueError(
            f"weekly_pct is {weekly_percent}; {provider.id} has no weekly window to set"
        )
    windows: list[Window] = []
    left = percent
    for name, length in provider.settable:
        lasts = length if ttl is None else ttl
        windows.append(
            Window(
                name,
                round(1.0 - left / 100.0, 9),
                at,
                MANUAL,
                length=length,
                expires_at=None if lasts is None else at + lasts,
            )
        )
        left = percent if weekly_percent is None else weekly_percent
    return tuple(windows)
