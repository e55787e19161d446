"""Why a choice fell as it did: every candidate in rank order, in facts and in a sentence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import inf

from bhoga_core.assessment import standings
from bhoga_core.gates import ProviderStatus
from bhoga_core.naming import canonical_model, scope_token
from bhoga_core.notation import clock
from bhoga_core.policies import DEFAULTS, Candidate, Preferences
from bhoga_core.provider import Billing, Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import QuotaState
from bhoga_core.selection import rank
from bhoga_core.window import EVERY_MODEL, Basis, Window, WindowKind


@dataclass(frozen=True, slots=True)
class Explanation:
    """One candidate of a family, why it ranks where it does, and what that rests on.

    `headroom` is a fraction 0.0-1.0, or -1.0 if unknown; `window` the one that binds it; `age` the
    seconds since that was read and `source` who said it; `resets_at` and `opens_at` are Unix
    seconds (when the binding window resets; when the last of what closes it now has ended).
    `unmatched` are limits of a model other than the one asked for, or of none that is known: they
    block nothing here. `caveat` is why it waits behind others or is ruled out although it is open,
    `""` where it is not; `reason` ends with it.
    """

    provider_id: str
    priority: int
    chosen: bool
    headroom: float
    status: ProviderStatus
    reason: str
    window: Window | None
    basis: Basis
    age: float | None
    source: str | None
    resets_at: float | None
    opens_at: float | None
    billing: Billing
    unmatched: tuple[Window, ...]
    caveat: str


def explain(
    state: QuotaState,
    model: str,
    now: float,
    preferences: Preferences = DEFAULTS,
    *,
    configured: Collection[str] | None = None,
    last: str | None = None,
    providers: Sequence[Provider] = PROVIDERS,
) -> tuple[Explanation, ...]:
    """Every candidate of `model`'s family in rank order; the arguments are those of `rank`."""
    ranking = rank(
        state, model, now, preferences, configured=configured, last=last, providers=providers
    )
    token = scope_token(model)
    blind = not any(candidate.configured for candidate in ranking.candidates)
    explanations: list[Explanation] = []
    for place, candidate in enumerate(ranking.candidates):
        known, window = candidate.known, candidate.known.window
        records = state.of(candidate.provider.id, canonical_model(model))
        usable = candidate.configured or (blind and place < ranking.eligible)
        explanations.append(
            Explanation(
                candidate.provider.id,
                candidate.priority,
                place == 0 and ranking.eligible > 0,
                known.headroom,
                known.status if candidate.configured else ProviderStatus.UNCONFIGURED,
                _reason(candidate, now, preferences, usable=usable),
                window,
                known.basis,
                None if window is None else max(0.0, now - window.observed_at),
                None if window is None else window.source,
                None if window is None else window.resets_at,
                None if known.opens_at in (None, inf) else known.opens_at,
                candidate.provider.billing,
                tuple(
                    stands.window
                    for stands in standings(records, now)
                    if stands.window.scope not in (EVERY_MODEL, token)
                    and stands.window.kind is not WindowKind.EXTRA
                ),
                _caveat(candidate, preferences) if usable and candidate.is_open else "",
            )
        )
    return tuple(explanations)


def _reason(candidate: Candidate, now: float, preferences: Preferences, *, usable: bool) -> str:
    known = candidate.known
    if not usable:
        return "no login or key found here, and no quota set by hand"
    if _is_ruled_out(candidate, preferences):
        return _RULED_OUT
    if not candidate.is_open:
        return _closed(candidate, now)
    if not candidate.configured:
        return f"no provider of this family is configured: by priority {candidate.priority}"
    if known.window is None:
        text = "nothing is known of what is left"
    else:
        text = f"{candidate.percent} % left, bound by {_named(known.window)}"
        if known.basis is Basis.PRESUMED:
            text += ", presumed full since its reset"
        elif known.basis is Basis.STALE:
            text += ", from a reading older than 15 minutes"
    caveat = _caveat(candidate, preferences)
    return f"{text}; {caveat}" if caveat else text


_RULED_OUT = "bills per token, which the preference metered=never rules out"


def _is_ruled_out(candidate: Candidate, preferences: Preferences) -> bool:
    return preferences.metered == "never" and candidate.is_metered


def _caveat(candidate: Candidate, preferences: Preferences) -> str:
    if _is_ruled_out(candidate, preferences):
        return _RULED_OUT
    if candidate.known.on_probation:
        return "its login was refused or unpaid when last used, so it is tried last"
    if preferences.metered == "last" and candidate.is_metered:
        return "bills per token, so it waits until no subscription has more than the reserve"
    return ""


def _closed(candidate: Candidate, now: float) -> str:
    known = candidate.known
    opens = "" if known.opens_at in (None, inf) else f" until {clock(known.opens_at, now)}"
    match known.status:
        case ProviderStatus.REFUSED:
            return f"its login was refused; tried again{opens.replace('until', 'from')}"
        case ProviderStatus.THROTTLED:
            return f"throttled{opens}"
        case _:
            spent = known.window
            what = "payment required" if spent is None or known.headroom > 0 else _named(spent)
            return f"exhausted ({what}){opens}"


def _named(window: Window) -> str:
    return window.name if window.scope == EVERY_MODEL else f"{window.name} ({window.scope})"
