"""What `codex --non-interactive /status` prints: JSON if it is JSON, else the text of the panel.

No build is known to take the flag; that of 2026-11 (0.169) refuses it in 20 ms. The panel has rows
`5h limit: [bar] NN% left (resets HH:MM on D Mon)`, framed or not, the reset perhaps on a line of
its own; until 0.48 `NN% used`. Resets are local time without zone and year. A limit of one model
has a heading (`GPT-5.3-Codex-Spark limit:`) with rows below, or its name before the row's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bhoga_core.headers import count, length_name
from bhoga_core.payload import UnexpectedError, answered, malformed, members_of, parsed
from bhoga_core.providers.openai_codex import CODEX_STATUS
from bhoga_core.providers.openai_codex.app_server import read_limits
from bhoga_core.providers.openai_codex.limits import scope_of, word
from bhoga_core.providers.openai_codex.local_reset import local_reset
from bhoga_core.providers.openai_codex.unread import refuse_unread
from bhoga_core.providers.openai_codex.usage_body import read_usage_body
from bhoga_core.providers.openai_codex.windows import Origin, complete, used_of_percent
from bhoga_core.reading import Answer, Declined, Reading, Reason, Zones
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

_MOST_TEXT = 1 << 16
_FRAME = " \t\r│|╭╮╰╯─"
_STALE = re.compile(r"limits may be stale|refresh requested|data not available yet")

_ROW = re.compile(r"(?P<label>[^:\[\]]{1,80}?) limit:(?P<said>.*)")
_HOURS = re.compile(r"([1-9][0-9]{0,2})h")
_SAID = re.compile(
    r"\s*(?:\[[^\]]*\]\s*)?(?P<percent>[0-9]{1,3}(?:\.[0-9]{1,6})?)% (?P<way>left|used)"
    r"(?:\s*\(resets (?P<reset>[^)]*)\))?"
)
_RESET = re.compile(r"\(resets (?P<reset>[^)]*)\)")
_PERCENTAGE = re.compile(r"% (?:left|used)\b")
_CONTEXT = "Context window:"
_CREDITS = re.compile(r"Credits:\s*(?:(?P<balance>[0-9][0-9.,]*) credits?|(?P<all>[Uu]nlimited))")

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

# Seconds; None where months and years are not all of one length.
_LENGTHS = {"daily": 86400.0, "weekly": 604800.0, "monthly": None, "annual": None}


def read_status(payload: bytes, at: float, zones: Zones) -> Answer:
    """The limits in what the command printed, or why there are none."""
    return answered(lambda: _read(payload, Origin(CODEX_STATUS, at), zones))


def _read(payload: bytes, origin: Origin, zones: Zones) -> Reading:
    if payload.lstrip().startswith(b"{"):
        return _json(payload, origin)
    text = _COLOUR.sub("", payload[:_MOST_TEXT].decode("utf-8", "replace"))
    if not text.strip() or "unexpected argument" in text:
        detail = "this version of Codex cannot print its status"
        raise UnexpectedError(Declined(Reason.UNSUPPORTED, detail))
    if _STALE.search(text):
        detail = "Codex had only old numbers, or none yet"
        raise UnexpectedError(Declined(Reason.UNAVAILABLE, detail))
    return _panel(text, origin, zones)


def _json(payload: bytes, origin: Origin) -> Reading:
    """The app-server's answer or the usage endpoint's, whichever of the two it is."""
    fields, path = members_of(parsed(payload)), ""
    if "result" in fields:
        refuse_unread({**fields, "result": None}, "")
        fields, path = members_of(fields["result"], "result"), "result"
    if "rateLimits" in fields or "rateLimitsByLimitId" in fields:
        return read_limits(fields, origin, path)
    return read_usage_body(fields, origin, path)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the panel: its window without a reset, and the reset as it is written."""

    window: Window
    reset: str | None


def _panel(text: str, origin: Origin, zones: Zones) -> Reading:
    rows = [*_rows(text, origin)]
    keys = [(row.window.name, row.window.scope) for row in rows]
    if len({*keys}) < len(keys):
        raise malformed("a row that is there twice")
    if (EVERY_MODEL, WindowKind.ALLOWANCE) not in {(r.window.scope, r.window.kind) for r in rows}:
        raise malformed("the plan's own limit is absent")
    zone = zones("")
    windows = [
        replace(row.window, resets_at=local_reset(row.reset, origin.at, zone))
        if row.reset
        else row.window
        for row in rows
    ]
    unread = sum(
        bool(row.reset) and window.resets_at is None
        for row, window in zip(rows, windows, strict=True)
    )
    return complete(Reading(tuple(windows), ignored=unread))


def _rows(text: str, origin: Origin) -> Iterator[_Row]:
    """The rows, each with the reset that may follow on the next line.

    A heading holds for the rows right below it; whatever else stands between ends it, so that a
    row is rather taken for the plan's own. Raises UnexpectedError for a row that is none of these
    and has a percentage, which might be that of a limit.
    """
    heading = ""
    row: _Row | None = None
    for number, framed in enumerate(text.splitlines(), 1):
        line = framed.strip(_FRAME)
        wrapped = _RESET.fullmatch(line)
        if wrapped and row is not None and row.reset is None:
            row = _Row(row.window, wrapped["reset"])
            continue
        if row is not None:
            yield row
        row = None
        match = _ROW.fullmatch(line)
        if match is None:
            if _PERCENTAGE.search(line) and not line.startswith(_CONTEXT):
                raise malformed("a percentage of something that is not known", f"line {number}")
            heading = ""
            row = _credits(line, origin)
        elif match["said"].strip():
            row = _limit(match["label"], match["said"], heading, origin)
            heading = heading if row is not None else ""
        else:
            heading = match["label"]
    if row is not None:
        yield row


def _limit(label: str, said: str, heading: str, origin: Origin) -> _Row | None:
    """The row of a limit: `5h`, `Weekly`, or a model's name before that.

    None for an unknown one that counts something else than percent. Raises UnexpectedError if one
    that does says nothing that is known.
    """
    prefix, _, kind = label.rpartition(" ")
    hours = _HOURS.fullmatch(kind)
    length = float(hours[1]) * 3600.0 if hours else _LENGTHS.get(kind.lower(), 0.0)
    known = length is None or length > 0.0
    match = _SAID.fullmatch(said)
    if match is None:
        if known or "%" in said:
            raise malformed("no percentage", f"{word(label)} limit")
        return None
    percent = float(match["percent"])
    used = used_of_percent(
        percent if match["way"] == "used" else 100.0 - percent, f"{word(label)} limit"
    )
    if not known:
        prefix, kind, length = "", label, None
    model = prefix or heading
    name = length_name(length) if length else word(kind).lower() or "window"
    scope = scope_of("", model) if model else EVERY_MODEL
    window = Window(name, used, origin.at, origin.source, scope=scope, length=length)
    return _Row(window, match["reset"])


def _credits(line: str, origin: Origin) -> _Row | None:
    match = _CREDITS.fullmatch(line)
    if match is None:
        return None
    balance = count((match["balance"] or "").replace(",", ""))
    if balance is None and not match["all"]:
        return None
    used = 1.0 if balance == 0.0 else 0.0
    kind = WindowKind.EXTRA
    return _Row(Window("credits", used, origin.at, origin.source, kind, remaining=balance), None)
