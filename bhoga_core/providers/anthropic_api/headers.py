"""The headers of the Anthropic API.

They are documented (docs.anthropic.com, rate limits, 2026): counts and RFC 3339 resets, one
set per kind of limit, each for the class of the request's model. Token counts are rounded to
thousands, and `tokens` repeats the most restrictive limit.
"""

from collections.abc import Mapping

from bhoga_core.headers import count, plausible_reset, rfc3339, used_of_counts
from bhoga_core.reading import Reading
from bhoga_core.window import HEADERS, RATE_LENGTH, Window, WindowKind

_LIMITS = tuple(  # sorted by window name: so is what is read
    (name, kind, f"{header}-limit", f"{header}-remaining", f"{header}-reset")
    for name, kind, header in (
        ("input_tokens", WindowKind.RATE, "anthropic-ratelimit-input-tokens"),
        ("output_tokens", WindowKind.RATE, "anthropic-ratelimit-output-tokens"),
        # Capacity bought beside the limits: without it requests go on at the standard tier.
        ("priority_input_tokens", WindowKind.EXTRA, "anthropic-priority-input-tokens"),
        ("priority_output_tokens", WindowKind.EXTRA, "anthropic-priority-output-tokens"),
        ("requests", WindowKind.RATE, "anthropic-ratelimit-requests"),
        ("tokens", WindowKind.RATE, "anthropic-ratelimit-tokens"),
    )
)


def read_headers(headers: Mapping[str, str], at: float) -> Reading:
    """The per-minute limits that `headers` (lower-case names) state at the Unix second `at`."""
    windows: list[Window] = []
    ignored = 0
    for name, kind, limit_header, remaining_header, reset_header in _LIMITS:
        remaining_text = headers.get(remaining_header)
        if not remaining_text:
            continue
        remaining = count(remaining_text)
        limit_text = headers.get(limit_header, "")
        limit = count(limit_text)
        reset_text = headers.get(reset_header, "")
        resets_at = plausible_reset(rfc3339(reset_text), at)
        ignored += (limit is None and limit_text != "") + (resets_at is None and reset_text != "")
        used = None if remaining is None else used_of_counts(limit, remaining)
        if used is None:
            ignored += remaining is None
            continue
        windows.append(
            Window(
                name,
                used,
                at,
                HEADERS,
                kind,
                length=RATE_LENGTH,
                resets_at=resets_at,
                limit=limit,
                remaining=remaining,
            )
        )
    return Reading(tuple(windows), ignored=ignored)
