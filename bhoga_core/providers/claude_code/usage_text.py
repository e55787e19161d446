"""The third source: the text of `claude -p /usage`, which has no model call behind it either.

One line for each window (seen 2026-07 to 2026-11), PERCENT used:
`Current week (Fable): 32% used · resets Jul 7, 10am (Asia/Ho_Chi_Minh)`. A window that has not
begun names no reset. Below "What's contributing" stand percentages of other things. The program
ends with 0 whatever happened, so that what it could not do shows in its words alone. Its screen
has the same on three lines.
"""

import re
from typing import NamedTuple

from bhoga_core.headers import distinct, fraction, length_name, plausible_reset
from bhoga_core.payload import UnexpectedError, answered, malformed, members_of, parsed, text
from bhoga_core.providers.claude_code import USAGE_TEXT
from bhoga_core.providers.claude_code.limit import WEEK, readable, token
from bhoga_core.providers.claude_code.usage import EXTRA
from bhoga_core.providers.claude_code.wall_time import next_instant
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

_LONGEST = 4_194_304
_END = re.compile(r"^[ \t]*What.s contributing", re.MULTILINE)
_LINE = re.compile(
    r"(?P<label>[^:%()]{1,64}?)(?: ?\((?P<scope>[^()]{1,64})\))?: ?"
    r"(?P<percent>[0-9]{1,6}(?:\.[0-9]{1,9})?)% used(?P<rest>.*)"
)
_RESETS = re.compile(r"\s*·\s*resets? (?P<when>[^()]{1,40}?)(?: \((?P<zone>[^()]{1,64})\))?\s*")
_LENGTHS = {"Current session": 18000.0, "Current week": WEEK}
_ABOUT_MONEY = re.compile(r"extra|overage|credit|spend", re.IGNORECASE)
# The screen's bar and number under a label, and the reset under those.
_BAR = re.compile(r"(?<=\S)[ \t]*\r?\n[ \t\u2580-\u259f]*(?=[0-9.]{1,8}% used)")
_RESET_BELOW = re.compile(r"(?<=% used)[ \t]*\r?\n[ \t]*Resets? ")

# What it prints instead of a window, in the order in which it tells most.
_INSTEAD = (
    ("unknown option", Reason.UNSUPPORTED, "this claude does not know the flags: update it"),
    ("isn't available in this", Reason.UNSUPPORTED, "this claude does not know /usage: update it"),
    ("Unknown slash command", Reason.UNSUPPORTED, "this claude does not know /usage: update it"),
    ("Unknown skill", Reason.UNSUPPORTED, "this claude does not know /usage: update it"),
    ("session expired", Reason.EXPIRED, "the login has expired: run claude and /login"),
    ("/login", Reason.NO_LOGIN, "nobody is logged in: run claude and /login"),
    ("API key detected", Reason.NO_LOGIN, "claude has a key, no plan: run claude and /login"),
    ("using your subscription", Reason.UNAVAILABLE, "claude could not fetch its usage"),
    ("using your overages", Reason.UNAVAILABLE, "claude could not fetch its usage"),
    # Without a login it counts what the run has cost: "Total cost:", since 2.1.330 "Estimated".
    ("cost: ", Reason.NO_LOGIN, "no login with a plan: run claude and /login"),
)


class _Said(NamedTuple):
    window: Window
    known: bool
    ignored: int


def read_usage_text(payload: bytes, at: float, zones: Zones) -> Answer:
    """What `claude -p /usage` printed, as text or as JSON with it in `result`, true at `at`."""
    return answered(lambda: _reading(payload, at, zones))


def _reading(payload: bytes, at: float, zones: Zones) -> Reading:
    printed = _printed(payload)
    end = _END.search(printed)
    report = printed if end is None else printed[: end.start()]
    lines = _RESET_BELOW.sub(" · resets ", _BAR.sub(": ", report)).splitlines()
    said = [
        found
        for place, line in enumerate(lines, 1)
        if (found := _said(line.strip(), f"line {place}", at, zones)) is not None
    ]
    whole = any(each.window.length == WEEK and each.window.scope == EVERY_MODEL for each in said)
    if len(said) > 1 and not whole:
        raise malformed("no week of all models")
    if any(each.known for each in said):
        windows = distinct(each.window for each in said)
        return Reading(windows, ignored=sum(each.ignored for each in said))
    if said:
        raise malformed("no known window")
    for words, reason, detail in _INSTEAD:
        if words in printed:
            raise UnexpectedError(Declined(reason, detail))
    if printed:
        raise malformed("no window in the text")
    raise UnexpectedError(Declined(Reason.UNAVAILABLE, "claude printed nothing"))


def _printed(payload: bytes) -> str:
    """The text itself, which `--output-format json` wraps. Raises UnexpectedError."""
    printed = payload.decode("utf-8", "replace").strip()
    if not printed.startswith("{"):
        return printed
    result = text(members_of(parsed(printed)), "result", limit=_LONGEST)
    if result is None:
        raise malformed("no text", "result")
    return result.strip()


def _said(line: str, path: str, at: float, zones: Zones) -> _Said | None:
    """The window that a line states, None if it states none. Raises UnexpectedError."""
    match = _LINE.fullmatch(line)
    if match is None:
        if "% used" in line or line.startswith(tuple(_LENGTHS)):
            raise malformed("a window in a form that is not known", path)
        return None
    used = fraction(float(match["percent"]) / 100.0)
    label = match["label"].strip()
    if used is None or not readable(label):
        raise malformed("no percentage, or no readable name", path)
    resets_at, ignored = _reset(match["rest"], at, zones)
    if label not in _LENGTHS and _ABOUT_MONEY.search(label):
        return _Said(Window(EXTRA, used, at, USAGE_TEXT, WindowKind.EXTRA), known=False, ignored=0)
    length = _LENGTHS.get(label)
    name = label.lower().replace(" ", "_") if length is None else length_name(length)
    # Whatever stands in brackets, a session has always been that of all models.
    scope = EVERY_MODEL if length != WEEK else _scope(match["scope"], path)
    window = Window(name, used, at, USAGE_TEXT, scope=scope, length=length, resets_at=resets_at)
    return _Said(window, known=length is not None, ignored=ignored)


def _scope(label: str | None, path: str) -> str:
    if label is None or label.lower().startswith("all"):
        return EVERY_MODEL
    return token(label, path)


def _reset(rest: str, at: float, zones: Zones) -> tuple[float | None, int]:
    """The instant in what follows a percentage, and 1 if there is one that cannot be read."""
    if not rest.strip():
        return None, 0
    match = _RESETS.fullmatch(rest)
    zone = None if match is None else zones(match["zone"] or "")
    if match is None or zone is None:
        return None, 1
    resets_at = plausible_reset(next_instant(match["when"], at, zone), at)
    return resets_at, int(resets_at is None)
