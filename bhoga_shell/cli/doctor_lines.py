"""The screen of `bhoga doctor`: the checks, the sources of each provider, and what it comes to."""

import os
import re
from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions
from rich.text import Text

from bhoga_core.assessment import assess
from bhoga_core.gates import ProviderStatus
from bhoga_core.reading import Reason
from bhoga_core.report import UNASKED, ProviderReport, SourceReport
from bhoga_core.window import EVERY_MODEL
from bhoga_shell.cli.checks import Check, Verdict
from bhoga_shell.cli.folding import behind, folded
from bhoga_shell.cli.known import Known
from bhoga_shell.cli.printing import TIE
from bhoga_shell.cli.reports import answers, remedy, told
from bhoga_shell.cli.screen import QUIET
from bhoga_shell.cli.view import FAMILIES
from bhoga_shell.cli.words import NO_LOGIN, moment, percent

SIGNS = {Verdict.GOOD: ("✓", "green"), Verdict.NOTE: ("·", ""), Verdict.WRONG: ("✗", "bold red")}
"""How each verdict is shown, so that it is told without colours as well."""

NOTICEABLE = 0.01
"""Seconds from which on it is told how long an answer took: no file takes as long."""


class DoctorScreen:
    """The screen as rich draws it, for every width.

    `known` is None where a setting keeps it from being asked what is known; `routable` says whether
    there is anything to route to.
    """

    def __init__(self, found: Sequence[Check], known: Known | None, *, routable: bool) -> None:
        self._found = found
        self._known = known
        self._routable = routable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Draw it."""
        width, reports = options.max_width, () if self._known is None else self._known.reports
        names = [check.name for check in self._found]
        names += [f"  {source.name}" for report in reports for source in report.sources]
        widest = max(len(name) for name in (*names, *(it.provider_id for it in reports)))
        for check in self._found:
            text = _homely(check.text)
            yield from _row(check.verdict, Text(f"{check.name:<{widest}}"), text, width)
            yield from _todo(_homely(check.remedy), widest, width, "bold")
        if self._known is not None:
            for report in reports:
                yield Text()
                yield from _provider(report, self._known, widest, width)
        yield Text()
        yield from self._end(width)

    def _end(self, width: int) -> Iterator[Text]:
        """Whether routing can work, and where to, or what has to be done first."""
        if any(check.verdict is Verdict.WRONG for check in self._found):
            told = "routing cannot work, or forgets what it learns: mend what is marked above"
        elif self._known is None or not self._routable:
            told = "there is nothing to route to: log in to a provider, or tell with `bhoga set`"
        else:
            told = f"routing can work: {_routes(self._known)}"
            yield from _row(Verdict.GOOD, Text(), told, width, "bold")
            return
        yield from _row(Verdict.WRONG, Text(), told, width, "bold")


def _provider(report: ProviderReport, known: Known, widest: int, width: int) -> Iterator[Text]:
    name = Text(f"{report.provider_id:<{widest}}", style="bold" if report.configured else "")
    yield from _row(_verdict(report), name, _summary(report, known), width)
    needed = not any(map(answers, report.sources))
    for source in report.sources:
        verdict = Verdict.GOOD if answers(source) else Verdict.NOTE
        style = "" if needed or answers(source) else QUIET
        name = Text(f"{f'  {source.name}':<{widest}}", style=style)
        yield from _row(verdict, name, f"{told(source, known.now)}{_took(source)}", width, style)
    for warning in report.warnings:
        yield from _row(Verdict.NOTE, Text(" " * widest), warning, width)
    yield from _todo(remedy(report), widest, width, "bold" if report.configured else QUIET)


def _row(verdict: Verdict, name: Text, text: str, width: int, style: str = "") -> Iterator[Text]:
    """A sign, a name and what is said of it, which is folded beside the name."""
    sign, colour = SIGNS[verdict]
    (shown,) = folded(sign, width)
    start = Text().append(f"{shown} ", style=colour).append(name)
    return behind(start.append("  " if name else ""), text, width, style)


def _todo(text: str, widest: int, width: int, style: str) -> Iterator[Text]:
    return behind(Text(" " * (widest + 4)), f"→ {text}" if text else "", width, style)


def _verdict(report: ProviderReport) -> Verdict:
    if not report.configured:
        return Verdict.NOTE
    if remedy(report):
        return Verdict.NOTE if _is_unasked(report) else Verdict.WRONG
    return Verdict.GOOD


def _summary(report: ProviderReport, known: Known) -> str:
    if not report.configured:
        return NO_LOGIN
    left = _left(report.provider_id, known)
    if not report.sources:
        return left or "a key is here; what is left is told by its responses"
    if any(map(answers, report.sources)):
        return left or "what is left is not known"
    return "not asked yet" if _is_unasked(report) else "no source answers"


def _left(provider_id: str, known: Known) -> str:
    """What is left for all models, `""` where that is not known."""
    records = known.records(provider_id).get(EVERY_MODEL, ())
    found = assess(records, known.now)
    if found.headroom < 0:
        return ""
    status = "" if found.status is ProviderStatus.AVAILABLE else f", {found.status.value}"
    return f"{percent(found.headroom)} % left{status}"


def _routes(known: Known) -> str:
    """Where the next request of each family goes."""
    routes: list[str] = []
    for family, model in FAMILIES.items():
        choice = known.best((model,))
        if choice is not None and choice.status != ProviderStatus.UNCONFIGURED:
            routes.append(f"{family} → {choice.provider_id}")
            continue
        opens_at = known.next_available((model,))
        if opens_at is None or opens_at <= known.now:
            routes.append(f"{family} → nothing now")
        else:
            routes.append(f"{family} → nothing now, but again {moment(opens_at, known.now)}")
    return "; ".join(routes)


def _took(source: SourceReport) -> str:
    if not answers(source) or source.took is None or source.took < NOTICEABLE:
        return ""
    return f" ({source.took:.2f}{TIE}s)"


def _is_unasked(report: ProviderReport) -> bool:
    return all(it.reason in (UNASKED, Reason.ABSENT, Reason.OFF) for it in report.sources)


def _homely(text: str) -> str:
    """The text with `~` for the home directory, which every shell understands."""
    home = os.path.expanduser("~").rstrip(os.sep)  # noqa: PTH111 -- `Path.home` raises
    return re.sub(rf"(?<!\S){re.escape(home)}(?=[/\\])", "~", text) if home else text
