"""Pictures of the command's screens: `python -m bhoga_shell.demo.screens FOLDER`.

They are drawn from what the stand-ins say, at one instant and in UTC, by what draws the real
screens: so they are the same every time, and a test tells when they are out of date.
"""

import io
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import click
from rich import terminal_theme
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from bhoga_core.effects import BUILT_IN
from bhoga_core.policies import DEFAULTS
from bhoga_core.polls import Moment, ended
from bhoga_core.quota import QuotaState
from bhoga_core.reducers import fold
from bhoga_core.register import Stamp
from bhoga_core.report import ProviderReport, provider_report
from bhoga_core.schedule import Askable, Due
from bhoga_shell.cli.checks import Check, checks
from bhoga_shell.cli.demo_lines import ending, opening, step_lines
from bhoga_shell.cli.doctor_lines import DoctorScreen
from bhoga_shell.cli.known import Known
from bhoga_shell.cli.status_lines import StatusScreen
from bhoga_shell.cli.view import view
from bhoga_shell.cli.why_lines import WhyScreen
from bhoga_shell.demo import claude, codex, codex_replies, copilot, logins
from bhoga_shell.demo.scenarios import (
    Claude,
    Codex,
    Copilot,
    ModelLimit,
    Scenario,
    month,
    session,
    week,
)
from bhoga_shell.demo.stage import stage
from bhoga_shell.demo.story import story
from bhoga_shell.probes.zones import zone

NOW = 1_795_600_800.0
"""The instant of the pictures: 2026-11-25 10:00 UTC."""

ASKED = NOW - 130.0
"""When the sources were asked."""

MODEL = "claude-opus-4"

SHOWN = Scenario(
    Claude(session(64.0, 4320.0), week(48.0, 2.5 * 86400.0), (ModelLimit("Fable", week(93.0)),)),
    Codex(session(8.0, 3.25 * 3600.0), week(22.0, 4.0 * 86400.0)),
    Copilot(month(59.0, 5.5 * 86400.0)),
)
"""What the pictures show."""

THEMES: Mapping[str, TerminalTheme] = MappingProxyType(
    {"dark": terminal_theme.SVG_EXPORT_THEME, "light": terminal_theme.DEFAULT_TERMINAL_THEME}
)

# Rich's own loads its font from elsewhere, which a picture in a page may not.
SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


def status_screen(console: Console) -> None:
    """`bhoga status`."""
    console.print(StatusScreen(view(known()), cut=False))


def why_screen(console: Console) -> None:
    """`bhoga why`."""
    told = known()
    console.print(WhyScreen(MODEL, told.explain(MODEL), told.flips(MODEL), NOW))


def doctor_screen(console: Console) -> None:
    """`bhoga doctor`. What is peculiar to this machine is replaced by what is to no machine."""
    with stage(SHOWN) as here:
        here.router.refresh()
        here.router.flush()
        home = os.environ["HOME"]
        found = [_anywhere(check, home) for check in checks(os.environ)]
    console.print(DoctorScreen(found, known(), routable=True))


def demo_screen(console: Console) -> None:
    """`bhoga demo`."""
    console.print(*opening(console.width), sep="\n")
    for number, step in enumerate(story(), 1):
        console.print(*step_lines(number, step, console), sep="\n")
    console.print(*ending(console.width), sep="\n")


SCREENS: Mapping[str, Callable[[Console], None]] = MappingProxyType(
    {"status": status_screen, "why": why_screen, "doctor": doctor_screen, "demo": demo_screen}
)
"""What each picture is of, by its name."""

COMMANDS = MappingProxyType({"why": f"why {MODEL}"})
"""What stands above a picture, where that is more than its name."""


def known() -> Known:
    """What is known at `NOW`, of providers that have answered like the stand-ins."""
    at = ASKED
    limits = codex_replies.rate_limits(codex.usage_body(SHOWN.codex, at), logins.ACCOUNT)
    asked: tuple[tuple[str, object, float], ...] = (
        ("claude_code", claude.usage_body(SHOWN.claude, at), 0.31),
        ("github-copilot", copilot.user_body(SHOWN.copilot, at), 0.24),
        ("openai-codex", {"id": 1, "result": limits}, 0.52),
    )
    state = QuotaState()
    for place, (provider_id, body, took) in enumerate(asked):
        source = BUILT_IN[provider_id].sources[0]
        due = Due(provider_id, Askable(source.name, source.kind, 0.0), at)
        before, after = Moment(at, _stamp(at, place)), Moment(at + took, _stamp(at + took, place))
        answer = source.parse(json.dumps(body).encode(), at, zone)
        told = ended(state, due, source, answer, asked=before, dated_at=at, now=after)
        state = fold(state, told, BUILT_IN)
    configured = frozenset(provider_id for provider_id, _, _ in asked)
    reports = tuple(_reports(state, configured))
    return Known(state, NOW, DEFAULTS, configured, reports)


def _reports(state: QuotaState, configured: frozenset[str]) -> Iterator[ProviderReport]:
    for provider in BUILT_IN.values():
        is_here = provider.id in configured
        yield provider_report(state, provider, {}, (), configured=is_here)


def _stamp(at: float, place: int) -> Stamp:
    return Stamp(int(at * 1e6), place)


def _anywhere(check: Check, home: str) -> Check:
    text = check.text.replace(str(Path(home).parent), "~/.cache/bhoga")
    text = re.sub(r"\d+ bytes", "2345 bytes", text)
    return check._replace(text=re.sub(r"Python [\d.]+\S*", "Python 3.13.9", text))


def picture(name: str, width: int, theme: TerminalTheme) -> str:
    """The SVG of the screen `name` on a terminal of `width` columns."""
    console = Console(
        file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8"),
        record=True,
        width=width,
        height=25,
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    SCREENS[name](console)
    console.print()  # or the picture ends in the middle of its last line
    title = f"bhoga {COMMANDS.get(name, name)}"
    drawn = console.export_svg(
        title=title, theme=theme, code_format=SVG, unique_id=f"screen-{name}"
    )
    return "".join(f"{line.rstrip()}\n" for line in drawn.splitlines() if line.strip())


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--width", type=int, default=80, help="Columns of the terminal.")
@click.option("--theme", type=click.Choice([*THEMES]), default="dark")
def main(folder: Path, width: int, theme: str) -> None:
    """Draw every screen into FOLDER."""
    # The screens tell the time of this machine, and rich looks at these.
    os.environ.update({"TZ": "UTC", "COLUMNS": str(width), "FORCE_COLOR": "1", "TERM": "xterm"})
    os.environ.pop("NO_COLOR", None)
    if hasattr(time, "tzset"):
        time.tzset()
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCREENS:
        drawn = picture(name, width, THEMES[theme])
        (folder / f"{name}.svg").write_text(drawn, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
