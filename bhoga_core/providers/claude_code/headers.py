"""The headers of Claude Code's requests.

Headers of `/v1/messages` (undocumented; seen 2025-08 to 2026-09): `anthropic-ratelimit-unified-*`.
Per window W (`5h`, `7d`, and `7d_oi` for the model whose week it is) there are
`-W-{status,reset,utilization}`: utilization is the FRACTION used, a reset is Unix seconds. The
unnamed ones belong to the window in `representative-claim`, which spells it `five_hour`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from bhoga_core.headers import distinct, fraction, length_name, number, plausible_reset
from bhoga_core.naming import scope_token
from bhoga_core.providers.claude_code import HEADER_PREFIX
from bhoga_core.reading import Reading
from bhoga_core.window import EVERY_MODEL, HEADERS, Window, WindowKind

_CLAIM = f"{HEADER_PREFIX}representative-claim"
_FIELDS = frozenset({"status", "reset", "utilization"})
_OVERAGE = "overage"
_LABEL = re.compile(r"([0-9]{1,4})([mhd])(?:_([a-z0-9._]{1,64}))?")
_UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0}
_CLAIMED = re.compile(r"(five_hour|seven_day)(?:_([a-z0-9._]{1,64}))?")
_CLAIMED_LENGTHS = {"five_hour": 18000.0, "seven_day": 604800.0}
_LONGEST = 366 * 86400.0
_NOTHING: Mapping[str, str] = MappingProxyType({})


class _Claim(NamedTuple):
    """Which window is meant: its scope, and its length in seconds."""

    scope: str
    length: float


class _Said(NamedTuple):
    """What the fields of one window say: the fraction used, the reset, whether it rejected."""

    used: float | None
    resets_at: float | None
    rejected: bool
    ignored: int


def read_headers(headers: Mapping[str, str], at: float) -> Reading:
    """The windows that `headers` (lower-case names) state at the Unix second `at`."""
    fields: dict[str, dict[str, str]] = {}
    for header, value in headers.items():
        place = _place(header)
        if place is not None and value:
            fields.setdefault(place[0], {})[place[1]] = value
    overall = _said(fields.pop("", _NOTHING), at)
    overage = _said(fields.pop(_OVERAGE, _NOTHING), at)
    ignored = overall.ignored + overage.ignored
    windows: list[Window] = []
    known: list[tuple[_Claim, _Said]] = []
    for label, texts in fields.items():
        claim, said = _labelled(label), _said(texts, at)
        ignored += said.ignored
        if claim is None:
            ignored += 1
        else:
            known.append((claim, said))
    claim = _claimed(headers.get(_CLAIM, ""))
    if claim is not None:
        known = _with_overall(known, claim, overall)
    for claim, said in known:
        used = said.used
        if said.rejected:
            used = max(1.0, used or 0.0)
        if used is not None:
            windows.append(_window(length_name(claim.length), used, said, at, claim))
    if overage.used is not None:
        windows.append(_window(_OVERAGE, overage.used, overage, at, None))
    return Reading(distinct(windows), ignored=ignored)


@lru_cache(maxsize=256)
def _place(header: str) -> tuple[str, str] | None:
    """The window's label ("" for the unnamed one) and the field; None for any other header."""
    if not header.startswith(HEADER_PREFIX):
        return None
    label, _, field = header.removeprefix(HEADER_PREFIX).rpartition("-")
    return (label, field) if field in _FIELDS else None


@lru_cache(maxsize=256)
def _labelled(label: str) -> _Claim | None:
    # Proxies that drop names with an underscore are known; one that writes a hyphen is no surprise.
    match = _LABEL.fullmatch(label.replace("-", "_"))
    return None if match is None else _claim(int(match[1]) * _UNITS[match[2]], "7d", match[3])


@lru_cache(maxsize=256)
def _claimed(name: str) -> _Claim | None:
    match = _CLAIMED.fullmatch(name)
    return None if match is None else _claim(_CLAIMED_LENGTHS[match[1]], "seven_day", match[2])


def _claim(length: float, week: str, suffix: str | None) -> _Claim | None:
    if not 0.0 < length <= _LONGEST:
        return None
    # A suffix means the same model whatever the length, and `oi` alone would be none: tokens know
    # both spellings of it behind a week's, the headers' and the claims'.
    return _Claim(EVERY_MODEL if suffix is None else scope_token(f"{week}_{suffix}"), length)


def _said(texts: Mapping[str, str], at: float) -> _Said:
    used_text, reset_text = texts.get("utilization", ""), texts.get("reset", "")
    value = number(used_text)
    used = None if value is None else fraction(value)
    resets_at = plausible_reset(number(reset_text), at)
    ignored = (used is None and used_text != "") + (resets_at is None and reset_text != "")
    return _Said(used, resets_at, texts.get("status", "").lower() == "rejected", ignored)


def _with_overall(
    known: list[tuple[_Claim, _Said]], claim: _Claim, overall: _Said
) -> list[tuple[_Claim, _Said]]:
    """`known`, with what is said without a name added where `claim`'s window does not say it."""
    rejected = overall.rejected and not any(said.rejected for _, said in known)
    if all(each != claim for each, _ in known):
        known = [*known, (claim, _Said(None, None, rejected=False, ignored=0))]
    return [
        (each, said if each != claim else _completed(said, overall, rejected=rejected))
        for each, said in known
    ]


def _completed(said: _Said, overall: _Said, *, rejected: bool) -> _Said:
    return _Said(
        overall.used if said.used is None else said.used,
        overall.resets_at if said.resets_at is None else said.resets_at,
        said.rejected or rejected,
        said.ignored,
    )


def _window(name: str, used: float, said: _Said, at: float, claim: _Claim | None) -> Window:
    if claim is None:
        return Window(name, used, at, HEADERS, WindowKind.EXTRA, resets_at=said.resets_at)
    return Window(
        name,
        used,
        at,
        HEADERS,
        scope=claim.scope,
        length=claim.length,
        resets_at=said.resets_at,
    )
