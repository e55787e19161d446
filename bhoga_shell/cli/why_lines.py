"""The screen of `bhoga why`: the candidates in the order of choice, and what would turn it."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, ConsoleOptions
from rich.text import Text

from bhoga_core.explanation import Explanation
from bhoga_core.flip import Flip
from bhoga_core.gates import ProviderStatus
from bhoga_core.window import EVERY_MODEL, MANUAL, Basis, Window
from bhoga_shell.cli.provider_lines import BAR, is_unmatched, wrapped
from bhoga_shell.cli.screen import COLOURS, QUIET, Signs, colour, signs
from bhoga_shell.cli.words import moment, percent, span

INDENT = 4
"""Columns before what is said of a candidate."""

SOON = 86_400.0
"""Seconds within which it is told that time alone will make an open candidate the choice."""


class WhyScreen:
    """The screen as rich draws it, for every width."""

    def __init__(
        self,
        model: str,
        candidates: Sequence[Explanation],
        flips: Mapping[str, Flip],
        now: float,
    ) -> None:
        self._model = model
        self._candidates = candidates
        self._flips = flips
        self._now = now

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Draw it."""
        chosen = self._candidates[0] if self._candidates[0].chosen else None
        shown = signs(console)
        title = Text(f"{self._model} {shown.arrow} ")
        if chosen is None:
            title.append("nothing is available now", style="bold red")
        else:
            title.append(chosen.provider_id, style="bold green")
        yield title
        widest = max(len(it.provider_id) for it in self._candidates)
        for candidate in self._candidates:
            yield Text()
            yield _numbers(candidate, widest, shown)
            for said in _said(candidate, self._now):
                yield from wrapped(said, options.max_width, indent=INDENT)
            flip = self._flips.get(candidate.provider_id)
            if flip is not None:
                told = turn(candidate, flip, chosen, self._now)
                if told:
                    yield from wrapped(told, options.max_width, "", INDENT)


def _numbers(candidate: Explanation, widest: int, signs: Signs) -> Text:
    style = "bold" if candidate.chosen else ""
    line = Text().append(f"{signs.mark if candidate.chosen else ' '} ", style="bold")
    line.append(f"{candidate.provider_id:<{widest}}  ", style=style)
    if candidate.headroom < 0:
        line.append(candidate.status.value, style=COLOURS[candidate.status])
        return line
    left = candidate.headroom
    filled = max(round(left * BAR), int(left > 0))
    line.append(signs.full * filled, style=colour(left))
    line.append(signs.empty * (BAR - filled), style=QUIET)
    line.append(f" {percent(left):>3} %", style=style)
    if candidate.status is not ProviderStatus.AVAILABLE:
        line.append(f"  {candidate.status.value}", style=COLOURS[candidate.status])
    return line


def _said(candidate: Explanation, now: float) -> Iterator[str]:
    """Why it stands where it does, what that rests on, and what does not count."""
    window, opens_at = candidate.window, candidate.opens_at
    if opens_at is None or opens_at <= now:
        yield f"priority {candidate.priority}; {candidate.reason}"
    else:
        opens = f"opens in {span(opens_at - now)}, {moment(opens_at, now)}"
        yield f"priority {candidate.priority}; {candidate.status.value}, {opens}"
    if window is not None:
        who = "set by hand" if window.source == MANUAL else f"from {window.source}"
        told = f"{named(window)} {who}, {span(candidate.age or 0.0)} ago"
        if window.resets_at is not None and candidate.basis is not Basis.PRESUMED:
            told += f"; resets in {span(window.resets_at - now)}, {moment(window.resets_at, now)}"
        yield told
    for other in candidate.unmatched:
        of = " (a model that is not known here)" if is_unmatched(other.scope) else ""
        left = percent(max(0.0, 1 - other.used))
        yield f"does not count: {named(other)}{of}, {left} % left"


def named(window: Window) -> str:
    """A window's name, and the model it is for."""
    return window.name if window.scope == EVERY_MODEL else f"{window.name} {window.scope}"


def turn(candidate: Explanation, flip: Flip, chosen: Explanation | None, now: float) -> str:
    """What would make a candidate the choice, in a sentence; `""` where nothing single would."""
    would: list[str] = []
    if flip.below is not None and chosen is not None:
        would.append(f"if {chosen.provider_id} fell below {flip.below} %")
    if flip.above is not None:
        had = "had" if candidate.headroom < 0 else "rose above"
        more = "more than " if candidate.headroom < 0 else ""
        would.append(f"if it {had} {more}{flip.above} %")
    told = f"would be chosen {', or '.join(would)}" if would else ""
    closed = candidate.opens_at is not None and candidate.opens_at > now
    if flip.at is not None and (closed or flip.at - now < SOON):
        when = f"in {span(flip.at - now)}, {moment(flip.at, now)}"
        will = f"will be chosen {when}, if nothing else changes"
        told = f"{told}; {will}" if told else will
    return told
