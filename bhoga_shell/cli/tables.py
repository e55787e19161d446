"""The status screen: one block a provider, then the recommendation of each family."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from bhoga_core.assessment import standings
from bhoga_core.explanation import Explanation
from bhoga_core.gates import ProviderStatus
from bhoga_core.provider import Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import ProviderQuota
from bhoga_core.selection import RouterRecommendation
from bhoga_core.window import EVERY_MODEL, MANUAL, Basis, Standing, WindowKind

COLOURS = {
    ProviderStatus.AVAILABLE: "green",
    ProviderStatus.EXHAUSTED: "red",
    ProviderStatus.THROTTLED: "yellow",
    ProviderStatus.REFUSED: "red",
    ProviderStatus.UNKNOWN: "bright_black",
    ProviderStatus.UNCONFIGURED: "bright_black",
}
BAR = 10
"""Cells of a bar."""


def print_status(
    console: Console,
    quotas: tuple[ProviderQuota, ...],
    families: Mapping[str, tuple[Explanation, ...]],
    best: Mapping[str, RouterRecommendation | None],
    now: float,
) -> None:
    """Print the screen. It fits 50 columns; a wider terminal gets the details on the same line."""
    plain = not (console.encoding or "").lower().startswith("utf")
    candidates = {it.provider_id: it for family in families.values() for it in family}
    for provider in PROVIDERS:
        records = [record for record in quotas if record.provider_id == provider.id]
        _print_provider(console, provider, records, candidates[provider.id], now, plain=plain)
    for family, recommendation in best.items():
        _print_family(console, family, recommendation, families[family], plain=plain)


def _print_provider(
    console: Console,
    provider: Provider,
    records: list[ProviderQuota],
    candidate: Explanation,
    now: float,
    *,
    plain: bool,
) -> None:
    title = Text(provider.id, style="bold")
    title.append("  ")
    title.append(candidate.status, style=COLOURS[candidate.status])
    console.print(title)
    shown = [(record, it) for record in records for it in standings((record,), now)]
    if not shown or candidate.status not in (ProviderStatus.AVAILABLE, ProviderStatus.UNKNOWN):
        console.print(Text(f"  {candidate.reason}", style="bright_black"))
    for record, stands in shown:
        binding = stands.window == candidate.window
        _print_window(console, record, stands, now, binding=binding, plain=plain)
    console.print()


def _print_window(
    console: Console,
    record: ProviderQuota,
    stands: Standing,
    now: float,
    *,
    binding: bool,
    plain: bool,
) -> None:
    window = stands.window
    only = window.scope if window.scope != EVERY_MODEL else record.model
    name = window.name if only == EVERY_MODEL else f"{window.name} {only}"
    filled = round(stands.left * BAR)
    full, empty, mark = ("#", "-", ">") if plain else ("█", "░", "▸")
    line = Text(f"{mark if binding else ' '} ", style="bold")
    colour = "green" if stands.left > 0.3 else "yellow" if stands.left > 0.1 else "red"
    line.append(f"{name:<14} ")
    if window.kind is WindowKind.EXTRA:
        line.append("extra, not counted", style="bright_black")
    else:
        line.append(full * filled, style=colour)
        line.append(empty * (BAR - filled), style="bright_black")
        line.append(f" {int(stands.left * 100 + 1e-6):>3} %")
    details = [_told(stands, now)]
    if window.resets_at is not None and window.resets_at > now:
        details.insert(0, f"resets in {_span(window.resets_at - now)}")
    told = ", ".join(details)
    if console.width >= 76 and line.cell_len + 2 + len(told) <= console.width:
        line.append(f"  {told}", style="bright_black")
        console.print(line)
    else:
        console.print(line)
        console.print(Text(f"    {told}", style="bright_black"))


def _told(stands: Standing, now: float) -> str:
    window = stands.window
    who = "set by hand" if window.source == MANUAL else f"from {window.source}"
    if stands.basis is Basis.PRESUMED:
        return f"presumed full since its reset ({who})"
    age = f"{_span(max(0.0, now - window.observed_at))} ago"
    return f"{who} {age}{', stale' if stands.basis is Basis.STALE else ''}"


def _print_family(
    console: Console,
    family: str,
    recommendation: RouterRecommendation | None,
    candidates: tuple[Explanation, ...],
    *,
    plain: bool,
) -> None:
    line = Text(f"{family} {'->' if plain else '→'} ")
    if recommendation is None:
        line.append("nothing is available now", style="red")
        opens = [it for it in candidates if it.opens_at is not None]
        reason = opens[0].reason if opens else ""
    else:
        line.append(recommendation.provider_id, style="bold green")
        reason = candidates[0].reason
    console.print(line)
    if reason:
        console.print(Text(f"  {reason}", style="bright_black"))


def _span(seconds: float) -> str:
    """A length of time in its two largest units."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{int(seconds)} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} d {hours % 24} h" if hours % 24 else f"{hours // 24} d"
