"""The lines of one provider on the status screen: a title, then each window, or what is missing."""

import sys
from collections.abc import Mapping

from rich.text import Text

from bhoga_core.assessment import standings
from bhoga_core.explanation import Explanation
from bhoga_core.gates import ProviderStatus
from bhoga_core.naming import scope_token
from bhoga_core.provider import Provider
from bhoga_core.quota import ProviderQuota
from bhoga_core.report import ProviderReport
from bhoga_core.window import EVERY_MODEL, MANUAL, Basis, Standing, WindowKind
from bhoga_shell.cli.parameters import known_models
from bhoga_shell.cli.printing import printable
from bhoga_shell.cli.screen import COLOURS, QUIET, Signs, colour
from bhoga_shell.cli.words import moment, percent, span

BAR = 10
"""Cells of a bar."""

WIDE = 70
"""Columns from which on there is room for more than the bare numbers."""

NAME = 16
"""Columns of a window's name."""

WORDS = {
    ProviderStatus.UNCONFIGURED: "no login found",
    ProviderStatus.UNKNOWN: "nothing is known yet",
}
"""Statuses in other words than their own."""


def provider_lines(
    provider: Provider,
    records: Mapping[str, tuple[ProviderQuota, ...]],
    candidate: Explanation,
    report: ProviderReport | None,
    now: float,
    width: int,
    signs: Signs,
) -> list[Text]:
    """The lines; none is longer than `width` columns. `records` are by model."""
    shown = [(model, it) for model, known in records.items() for it in standings(known, now)]
    newest = max((it for _, it in shown), key=lambda it: it.window.observed_at, default=None)
    said = "" if newest is None else _said(newest, now)
    lines = _title(provider, records, candidate, said, now, width)
    for model, stands in shown:
        binding = stands.window == candidate.window
        lines += _window(model, stands, said, now, width, signs, binding=binding)
    if not shown:
        lines = _missing(lines[0], provider, report, width)
    if report is not None and candidate.status is not ProviderStatus.UNCONFIGURED:
        lines += [line for it in report.warnings for line in wrapped(it, width, "yellow")]
    return lines


def wrapped(text: str, width: int, style: str = QUIET, indent: int = 2) -> list[Text]:
    """The text in as many indented lines as it needs."""
    from textwrap import wrap  # noqa: PLC0415 -- mostly nothing is missing

    return [
        Text(f"{'':{indent}}{line}", style=style)
        for line in wrap(printable(text, sys.stdout), width - indent, break_on_hyphens=False)
    ]


def _title(
    provider: Provider,
    records: Mapping[str, tuple[ProviderQuota, ...]],
    candidate: Explanation,
    said: str,
    now: float,
    width: int,
) -> list[Text]:
    title = Text().append(provider.id, style="bold")
    status = candidate.status
    words = WORDS.get(status, status.value)
    if candidate.opens_at is not None and candidate.opens_at > now:
        words += f", opens in {span(candidate.opens_at - now)}"
        if width >= WIDE:
            words += f", {moment(candidate.opens_at, now)}"
    title.append("  ")
    title.append(words, style=COLOURS[status])
    told = (record.plan for known in records.values() for record in known)
    plans = [plan.value for plan in told if plan is not None]
    below: list[Text] = []
    for more in (said, *(printable(plan, sys.stdout) for plan in plans[:1])):
        if more and title.cell_len + 2 + len(more) <= width:
            title.append(f"  {more}", style=QUIET)
        elif more and more is said:
            below = wrapped(said, width)
    title.truncate(width)
    return [title, *below]


def _window(
    model: str,
    stands: Standing,
    said: str,
    now: float,
    width: int,
    signs: Signs,
    *,
    binding: bool,
) -> list[Text]:
    window = stands.window
    only = window.scope if window.scope != EVERY_MODEL else model
    name = window.name if only == EVERY_MODEL else f"{window.name} {only}"
    name = printable(name, sys.stdout)
    notes: list[str] = []
    if len(name) > NAME:
        name = window.name[:NAME]
        notes = [f"for {only} alone"]
    line = Text().append(f"{signs.mark if binding else ' '} ", style="bold")
    line.append(f"{name:<{NAME}} ", style="bold" if binding else "")
    extra = window.kind is WindowKind.EXTRA
    filled = max(round(stands.left * BAR), int(stands.left > 0))
    line.append(signs.full * filled, style=QUIET if extra else colour(stands.left))
    line.append(signs.empty * (BAR - filled), style=QUIET)
    line.append(f" {percent(stands.left):>3} %", style="bold" if binding else "")
    if window.resets_at is not None and window.resets_at > now:
        resets = "resets in" if width >= WIDE else "in"
        notes.insert(0, f"{resets} {span(window.resets_at - now)}")
    if window.expires_at is not None:
        notes.insert(0, f"counts for {span(window.expires_at - now)}")
    if extra:
        notes.append("extra, not counted")
    elif is_unmatched(window.scope):
        notes.append("unmatched: a limit of no model that is known here")
    told = _said(stands, now)
    if told != said:
        notes.append(told)
    return _with_notes(line, notes, width)


def _with_notes(line: Text, notes: list[str], width: int) -> list[Text]:
    """The line with the notes behind it, those that do not fit below it."""
    lines = [line]
    for place, note in enumerate(printable(note, sys.stdout) for note in notes):
        joint = ", " if place else "  "
        if lines[-1].cell_len + len(joint) + len(note) <= width:
            lines[-1].append(f"{joint}{note}", style=QUIET)
        else:
            lines.append(Text(f"    {note}"[:width], style=QUIET))
    return lines


def is_unmatched(scope: str) -> bool:
    """Whether a limit is for a model that nobody here has heard of: it blocks nothing."""
    return scope != EVERY_MODEL and scope not in map(scope_token, known_models())


def _said(stands: Standing, now: float) -> str:
    """Who said it and when, and what makes it less than a measurement."""
    window = stands.window
    who = "set by hand" if window.source == MANUAL else printable(window.source, sys.stdout)
    if stands.basis is Basis.PRESUMED:
        return f"presumed full since its reset ({who})"
    seconds = max(0.0, now - window.observed_at)
    age = f"{who} {span(seconds)} ago" if seconds >= 1 else f"{who} just now"
    return f"{age}, stale" if stands.basis is Basis.STALE else age


def _missing(
    title: Text, provider: Provider, report: ProviderReport | None, width: int
) -> list[Text]:
    """The title and why nothing is known, behind it if that fits."""
    told = missing(provider, report)
    if len(told) == 1 and title.cell_len + 2 + len(told[0]) <= width:
        return [title.append(f"  {told[0]}", style=QUIET)]
    return [title, *(line for it in told for line in wrapped(it, width))]


def missing(provider: Provider, report: ProviderReport | None) -> list[str]:
    """Why nothing is known of a provider, in a clause each."""
    if report is not None and report.sources:
        return [f"{it.name}: {it.text}" for it in report.sources]
    if report is not None and report.configured:
        return ["the headers of its next response will tell"]
    return [f"{name} is not set" for name in provider.credentials.environment]
