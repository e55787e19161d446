"""The pure core of bhoga: what is known, how it changes, and what to do with it.

Everything known is one immutable value, `QuotaState`. Everything that happens is an event, a small
value with its own time. `apply(state, event)` is the only way knowledge changes;
`select_best(state, model, now)` is the only way a choice is made; `merge(a, b)` makes one knowledge
of two, in whatever order and however often they meet.

The theory is short. A fact that can change is a register: a value and the stamp of when it was
learned (`register`). A window has up to four of them, one per way of knowing it (`evidence`); a
record of one provider is a product of registers (`quota`); a state is a map of records. So the
join of two states is lawful by construction (`merge`). An event's effect is a few records to join
in and never depends on the state they meet (`effects`), so order, repetition and batching do not
matter (`reducers`). Nothing is decided when something is written. Which register counts, whether a
reset has passed, whether a pause is over: all of that is read off at a given `now` (`assessment`),
and a choice is the first of the candidates so assessed (`selection`).

Nothing in this package knows a clock, chance, a file, the environment, a thread or a network. The
same functions run live, in a replay and in a simulation.

A name is loaded when it is first taken from here: a command that asks one question does not wait
for all of it.
"""

from typing import TYPE_CHECKING

from bhoga_core.doorway import doorway

__all__ = [
    "POLICIES",
    "PROVIDERS",
    "Basis",
    "Billing",
    "Candidate",
    "Credentials",
    "Event",
    "Explanation",
    "FloorObserved",
    "Malformed",
    "Metered",
    "Policy",
    "Preferences",
    "ProbeEnded",
    "ProbeStarted",
    "Provider",
    "ProviderQuota",
    "ProviderStatus",
    "QuotaCleared",
    "QuotaObserved",
    "QuotaSet",
    "QuotaState",
    "Reading",
    "RouterRecommendation",
    "Stamp",
    "StateMerged",
    "Throttled",
    "TurnRecorded",
    "Window",
    "WindowKind",
    "apply",
    "calibrate",
    "canonical_model",
    "compact",
    "decode_event",
    "decode_state",
    "encode_event",
    "encode_state",
    "explain",
    "fold",
    "mark_throttled",
    "merge",
    "model_family",
    "most_remaining",
    "next_available",
    "normalise_model",
    "priority_first",
    "rank",
    "scope_token",
    "select_best",
    "soonest_reset",
    "state_of",
    "to_hermes_model",
]

HOMES = (
    "codec.events",
    "codec.states",
    "events",
    "explanation",
    "gates",
    "hermes_names",
    "merge",
    "naming",
    "policies",
    "provider",
    "providers",
    "quota",
    "reading",
    "reducers",
    "register",
    "selection",
    "window",
)
"""The modules in which the names above are looked for, in this order."""

if TYPE_CHECKING:
    from bhoga_core.codec.events import decode_event, encode_event
    from bhoga_core.codec.states import decode_state, encode_state
    from bhoga_core.events import (
        Event,
        FloorObserved,
        ProbeEnded,
        ProbeStarted,
        QuotaCleared,
        QuotaObserved,
        QuotaSet,
        StateMerged,
        Throttled,
        TurnRecorded,
    )
    from bhoga_core.explanation import Explanation, explain
    from bhoga_core.gates import ProviderStatus
    from bhoga_core.hermes_names import normalise_model, to_hermes_model
    from bhoga_core.merge import merge
    from bhoga_core.naming import canonical_model, model_family, scope_token
    from bhoga_core.policies import (
        POLICIES,
        Candidate,
        Metered,
        Policy,
        Preferences,
        most_remaining,
        priority_first,
        soonest_reset,
    )
    from bhoga_core.provider import Billing, Credentials, Provider
    from bhoga_core.providers import PROVIDERS
    from bhoga_core.quota import ProviderQuota, QuotaState, state_of
    from bhoga_core.reading import Malformed, Reading
    from bhoga_core.reducers import apply, calibrate, compact, fold, mark_throttled
    from bhoga_core.register import Stamp
    from bhoga_core.selection import RouterRecommendation, next_available, rank, select_best
    from bhoga_core.window import Basis, Window, WindowKind
else:
    # Not seen by type checkers, so that a name that is not there stays an error for them.
    __getattr__, __dir__ = doorway(__name__, __all__, HOMES)
