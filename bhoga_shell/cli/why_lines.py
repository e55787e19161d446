"""The screen of `bhoga why`: the candidates in the order of choice, and what would turn it."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, ConsoleOptions
from rich.text import Text

from bhoga_core.explanation import Explanation
from bhoga_core.flip import Flip
from bhoga_core.gates import ProviderStatus
from bhoga_core.window import EVERY_MODEL, Window
from bhoga_shell.cli.folding import indented
from bhoga_shell.cli.printing import TIE
from bhoga_shell.cli.provider_lines import is_unmatched, said
from bhoga_shell.cli.screen import COLOURS, Signs, bar, signs
from bhoga_shell.cli.words import percent, until

INDENT = 4
"""Columns before what is said of a candidate."""

SOON = 86_400.0
"""Seconds within which it is told that time alone will make an open candidate the choice."""

UNMARKED = (ProviderStatus.AVAILABLE, ProviderStatus.UNKNOWN, ProviderStatus.UNCONFIGURED)
"""Statuses that the reasons tell, if there is anything to tell."""


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
            for told in _reasons(candidate, self._now):
                yield from indented(told, options.max_width, indent=INDENT)
            flip = self._flips.get(candidate.provider_id)
            if flip is not None:
                turning = turn(candidate, flip, chosen, self._now)
                yield from indented(turning, options.max_width, "", INDENT)


def _numbers(candidate: Explanation, widest: int, signs: Signs) -> Text:
    style = "bold" if candidate.chosen else ""
    line = Text().append(f"{signs.mark if candidate.chosen else ' '} ", style="bold")
    parts = [Text(f"{candidate.provider_id:<{widest}}", style=style)]
    if candidate.headroom >= 0:
        left = percent(candidate.headroom)
        parts.append(bar(candidate.headroom, signs).append(f" {left:>3} %", style=style))
    if candidate.status not in UNMARKED:
        parts.append(Text(candidate.status.value, style=COLOURS[candidate.status]))
    parts[-1].rstrip()
    return line.append(Text("  ").join(parts))


def _reasons(candidate: Explanation, now: float) -> Iterator[str]:
    """Why it stands where it does, what that rests on, and what does not count.

    What the line above has shown, what is left and the status, is not said again.
    """
    window, opens_at, resets_at = candidate.window, candidate.opens_at, candidate.resets_at
    facts = [f"priority {candidate.priority}"]
    if opens_at is not None and opens_at > now:
        facts.append(f"opens {until(opens_at, now)}")
    elif window is None or candidate.status is ProviderStatus.UNCONFIGURED:
        facts.append(candidate.reason)
    if window is not None:
        bound = f"bound by {named(window)}"
        if resets_at is not None and now < resets_at != opens_at:
            bound += f", which resets {until(resets_at, now)}"
        facts.append(bound)
    yield "; ".join(facts)
    if window is not None:
        yield said(window, candidate.basis, now)
        if candidate.caveat:
            yield candidate.caveat
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
        would.append(f"if {chosen.provider_id} fell below {flip.below}{TIE}%")
    if flip.above is not None:
        had = "had" if candidate.headroom < 0 else "rose above"
        more = "more than " if candidate.headroom < 0 else ""
        would.append(f"if it {had} {more}{flip.above}{TIE}%")
    told = f"would be chosen {', or '.join(would)}" if would else ""
    closed = candidate.opens_at is not None and candidate.opens_at > now
    if flip.at is not None and (closed or flip.at - now < SOON):
        will = f"will be chosen {until(flip.at, now)}, if nothing else changes"
        told = f"{told}; {will}" if told else will
    return told
