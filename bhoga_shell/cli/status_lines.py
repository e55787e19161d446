"""The status screen: the lines of each provider, then where each family's next request goes."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console, ConsoleOptions
from rich.text import Text

from bhoga_core.gates import ProviderStatus
from bhoga_core.providers import PROVIDERS
from bhoga_shell.cli import COMMANDS
from bhoga_shell.cli.folding import indented
from bhoga_shell.cli.printing import TIE
from bhoga_shell.cli.provider_lines import missing, provider_lines
from bhoga_shell.cli.reports import told
from bhoga_shell.cli.screen import QUIET, Signs, signs
from bhoga_shell.cli.view import View
from bhoga_shell.cli.words import percent, until


class Lines(NamedTuple):
    """The lines of the screen: those of the providers, and the answers below, which are short."""

    body: list[Text]
    foot: list[Text]


class StatusScreen:
    """The screen as rich draws it: anew for every width, cut so that the answers stay on it."""

    def __init__(self, shown: View, *, cut: bool) -> None:
        self._shown = shown
        self._cut = cut

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Draw it."""
        body, foot = status_lines(self._shown, options.max_width, signs(console))
        room = console.height - len(foot) - 1
        if self._cut and len(body) > room:
            rest = Text(f"  ... and {len(body) - room + 1} more lines", style=QUIET)
            body = [*body[: max(0, room - 1)], rest, Text()]
        yield from body
        yield from foot


def status_lines(shown: View, width: int, signs: Signs) -> Lines:
    """The lines of the screen, none longer than `width` columns (from 40 on)."""
    known = shown.known
    if not known.configured and not known.state.quotas:
        return Lines(_welcome(shown, width), _families(shown, width, signs))
    reports = {report.provider_id: report for report in known.reports}
    used: list[Text] = []
    unused: list[Text] = []
    for provider in PROVIDERS:
        records = known.records(provider.id)
        candidate = shown.candidate(provider.id)
        report = reports.get(provider.id)
        lines = provider_lines(provider, records, candidate, report, known.now, width, signs)
        if candidate.status is ProviderStatus.UNCONFIGURED:
            unused += lines
        else:
            used += [*lines, Text()]
    return Lines([*used, *unused, Text()], _families(shown, width, signs))


def _welcome(shown: View, width: int) -> list[Text]:
    """What was looked for, and what to do: for a machine on which there is no login at all."""
    known = shown.known
    reports = {report.provider_id: report for report in known.reports}
    lines = [Text("No AI subscription or key was found on this machine.", style="bold"), Text()]
    lines.append(Text("bhoga looked for"))
    for provider in PROVIDERS:
        lines.append(Text(f"  {provider.id}"))
        report = reports.get(provider.id)
        looked = [told(it, known.now) for it in report.sources] if report is not None else []
        clauses = dict.fromkeys(looked or missing(provider, report, known.now))
        lines += indented("; ".join(clauses), width, indent=4)
    lines += [Text(), Text("What to do next")]
    there = {name for commands in COMMANDS.values() for name in commands}
    steps = [step for step in NEXT if step[1].split()[1] in there]
    for place, (what, command) in enumerate(steps, 1):
        lines += indented(f"{place}. {what}", width, style="")
        lines.append(Text(f"     {command}", style="bold"))
    return [*lines, Text()]


NEXT = (
    ("Log in with the program of your subscription, then look:", "bhoga refresh"),
    ("Or say what you know is left, in percent:", "bhoga set claude_code 80"),
    ("Or see bhoga at work without any login:", "bhoga demo"),
)
"""What somebody without a login can do, and the command for it."""


def _families(shown: View, width: int, signs: Signs) -> list[Text]:
    widest = max(map(len, shown.best))
    lines: list[Text] = []
    for family in shown.best:
        line = Text(f"{family:<{widest}} {signs.arrow} ")
        indent = line.cell_len
        chosen = shown.best[family]
        if chosen is None:
            line.append("nothing is available now", style="bold red")
        else:
            line.append(chosen.provider_id, style="bold green")
            if chosen.status is ProviderStatus.UNCONFIGURED:
                line.append("  the first by priority", style=QUIET)
            elif chosen.quota_pct >= 0:
                line.append(f"  {percent(chosen.quota_pct)} % left")
            else:
                line.append("  what is left is unknown", style=QUIET)
        lines.append(line)
        for turn in _turns(shown, family):
            lines += indented(turn, width, indent=indent)
    return lines


def _turns(shown: View, family: str) -> Iterator[str]:
    """What would make another provider the choice, or who opens first while there is none."""
    now, flips = shown.known.now, shown.flips[family].values()
    if shown.best[family] is not None:
        for flip in flips:
            if flip.below is not None:
                yield f"{flip.provider_id} takes over below {flip.below}{TIE}%"
        return
    opening = [(flip.at, flip.provider_id) for flip in flips if flip.at is not None]
    for at, provider_id in sorted(opening)[:1]:
        yield f"{provider_id} opens {until(at, now)}"
