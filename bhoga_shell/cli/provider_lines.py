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
from bhoga_core.window import EVERY_MODEL, MANUAL, Basis, Standing, Window, WindowKind
from bhoga_shell.cli.folding import indented
from bhoga_shell.cli.parameters import known_models
from bhoga_shell.cli.printing import printable
from bhoga_shell.cli.reports import told
from bhoga_shell.cli.screen import COLOURS, QUIET, Signs, bar
from bhoga_shell.cli.words import NO_LOGIN, ago, loose, percent, span, until

WIDE = 70
"""Columns from which on there is room for more than the bare numbers."""

NAME = 16
"""Columns of a window's name."""

WORDS = {
    ProviderStatus.UNCONFIGURED: NO_LOGIN,
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
    who = "" if newest is None else said(newest.window, newest.basis, now)
    lines = _title(provider, records, candidate, who, now, width)
    idle: list[str] = []
    for model, stands in shown:
        binding = stands.window == candidate.window
        if is_idle(stands.window) and not binding:
            idle.append(stands.window.name)
        else:
            lines += _window(model, stands, who, now, width, signs, binding=binding)
    if idle:
        lines += indented(f"nothing used of {', '.join(idle)}", width)
    if not shown:
        lines = _missing(lines[0], provider, report, now, width)
    if report is not None and candidate.status is not ProviderStatus.UNCONFIGURED:
        lines += [line for it in report.warnings for line in indented(it, width, "yellow")]
    return lines


def _title(
    provider: Provider,
    records: Mapping[str, tuple[ProviderQuota, ...]],
    candidate: Explanation,
    who: str,
    now: float,
    width: int,
) -> list[Text]:
    title = Text().append(provider.id, style="bold")
    status = candidate.status
    words = WORDS.get(status, status.value)
    if candidate.opens_at is not None and candidate.opens_at > now:
        opens_at = candidate.opens_at
        opens = until(opens_at, now) if width >= WIDE else f"in {span(opens_at - now)}"
        words += f", opens {opens}"
    title.append("  ")
    title.append(loose(words), style=COLOURS[status])
    plans = (record.plan for known in records.values() for record in known)
    plan = next((printable(it.value, sys.stdout) for it in plans if it is not None), "")
    below: list[Text] = []
    for more in filter(None, (plan, loose(who))):
        if title.cell_len + 2 + len(more) <= width:
            title.append(f"  {more}", style=QUIET)
        elif more is not plan:
            below = [*indented(more, width)]
    title.truncate(width)
    return [title, *below]


def _window(
    model: str,
    stands: Standing,
    who: str,
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
    line.append(bar(stands.left, signs, QUIET if extra else None))
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
    mine = said(window, stands.basis, now)
    if mine != who:
        notes.append(mine)
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


def is_idle(window: Window) -> bool:
    """Whether it says nothing to act on: nothing is used of it, and no bound is stated for it."""
    is_bounded = window.limit is not None or window.length is not None
    return window.used <= 0.0 and not is_bounded and window.source != MANUAL


def said(window: Window, basis: Basis, now: float) -> str:
    """Who said it and when, and what makes it less than a measurement."""
    who = "set by hand" if window.source == MANUAL else printable(window.source, sys.stdout)
    if basis is Basis.PRESUMED:
        return f"presumed full since its reset ({who})"
    told = f"{who} {ago(now - window.observed_at)}"
    return f"{told}, stale" if basis is Basis.STALE else told


def _missing(
    title: Text, provider: Provider, report: ProviderReport | None, now: float, width: int
) -> list[Text]:
    """The title and why nothing is known, behind it if that fits."""
    clauses = missing(provider, report, now)
    if len(clauses) == 1 and title.cell_len + 2 + len(clauses[0]) <= width:
        return [title.append(f"  {loose(clauses[0])}", style=QUIET)]
    return [title, *(line for it in clauses for line in indented(it, width))]


def missing(provider: Provider, report: ProviderReport | None, now: float) -> list[str]:
    """Why nothing is known of a provider, in a clause each."""
    if report is not None and report.sources:
        return [f"{it.name}: {told(it, now)}" for it in report.sources]
    if report is not None and report.configured:
        return ["the headers of its next response will tell"]
    return [f"{name} is not set" for name in provider.credentials.environment]
