"""The headers of the OpenAI API, and Azure's form of them.

`x-ratelimit-{limit,remaining,reset}-<what>` (OpenAI's rate-limit guide, 2026-06; `project-tokens`
since then): counts, and the time to a full bucket as a Go duration. Azure writes whole seconds, and
-1, -1, 0 where it does not know (Responses API, 2025-11).
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from bhoga_core.headers import count, distinct, go_duration, plausible_reset, used_of_counts
from bhoga_core.reading import Reading
from bhoga_core.window import HEADERS, Window, WindowKind

_REMAINING = re.compile(r"x-ratelimit-remaining-([a-z0-9][a-z0-9_-]{0,63})")


def read_headers(headers: Mapping[str, str], at: float) -> Reading:
    """The buckets that `headers` (lower-case names) state at the Unix second `at`.

    Siblings that are not known yet are read like the known ones, under their own name.
    """
    windows: list[Window] = []
    ignored = 0
    for header, remaining_text in headers.items():
        names = _names(header)
        if names is None or not remaining_text:
            continue
        name, limit_header, reset_header = names
        remaining = count(remaining_text)
        if remaining is None:
            ignored += 1
            continue
        if remaining < 0.0:  # Azure's "unknown"
            continue
        limit_text = headers.get(limit_header, "")
        limit = count(limit_text)
        reset_text = headers.get(reset_header, "")
        wait = go_duration(reset_text)
        resets_at = None if wait is None else plausible_reset(at + wait, at)
        ignored += (limit is None and limit_text != "") + (resets_at is None and reset_text != "")
        used = used_of_counts(limit, remaining)
        if used is None:
            continue
        windows.append(
            Window(
                name,
                used,
                at,
                HEADERS,
                WindowKind.RATE,
                resets_at=resets_at,
                limit=None if limit is None or limit < 0.0 else limit,
                remaining=remaining,
            )
        )
    return Reading(distinct(windows), ignored=ignored)


@lru_cache(maxsize=256)
def _names(header: str) -> tuple[str, str, str] | None:
    """The window's name, and the headers of its limit and its reset; None for any other header."""
    match = _REMAINING.fullmatch(header)
    if match is None:
        return None
    what = match[1]
    return what.replace("-", "_"), f"x-ratelimit-limit-{what}", f"x-ratelimit-reset-{what}"
