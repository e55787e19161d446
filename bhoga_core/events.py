"""What happened: small immutable values, each with its own time.

Every event carries `at`, the Unix second at which it happened (for ages and resets), and `stamp`,
its place in the order of what was learned (for merging). The two differ when a wall clock steps.
"""

from dataclasses import dataclass, field

from bhoga_core.quota import Outcome, QuotaState
from bhoga_core.register import Stamp
from bhoga_core.window import EVERY_MODEL, Window


@dataclass(frozen=True, slots=True)
class TurnRecorded:
    """A request was answered.

    `headers` are the rate-limit headers of the response alone, lower-case names, in the order they
    came. `started_at` is the Unix second the request was sent, where that is known: evidence is
    dated by it. Tokens are for the journal; they never change a window.
    """

    provider_id: str
    model: str
    at: float
    stamp: Stamp
    input_tokens: int = 0
    output_tokens: int = 0
    status_code: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    started_at: float | None = None
    account: str = ""


@dataclass(frozen=True, slots=True)
class QuotaObserved:
    """A source was asked and answered with all the windows it knows: a complete statement.

    `stamp` is of the moment of the question. A window of this source that is not in it any more is
    withdrawn.
    """

    provider_id: str
    at: float
    stamp: Stamp
    source: str
    windows: tuple[Window, ...]
    plan: str | None = None
    account: str = ""


@dataclass(frozen=True, slots=True)
class FloorObserved:
    """A source that does not date its numbers was read: at least this much is used."""

    provider_id: str
    at: float
    stamp: Stamp
    windows: tuple[Window, ...]
    account: str = ""


@dataclass(frozen=True, slots=True)
class ProbeStarted:
    """A source is being asked; until the Unix second `until` nobody else need ask this provider."""

    provider_id: str
    at: float
    stamp: Stamp
    source: str
    until: float
    account: str = ""


@dataclass(frozen=True, slots=True)
class ProbeEnded:
    """A source that was asked has answered, or has not: how, and when it may be asked again."""

    provider_id: str
    at: float
    stamp: Stamp
    source: str
    outcome: Outcome
    account: str = ""


@dataclass(frozen=True, slots=True)
class Throttled:
    """A provider said to wait, until the Unix second `until`; None when it did not say how long."""

    provider_id: str
    at: float
    stamp: Stamp
    until: float | None = None
    account: str = ""


@dataclass(frozen=True, slots=True)
class QuotaSet:
    """A person set what is left of these windows by hand."""

    provider_id: str
    at: float
    stamp: Stamp
    windows: tuple[Window, ...]
    model: str = EVERY_MODEL
    account: str = ""


@dataclass(frozen=True, slots=True)
class QuotaCleared:
    """A person took back what was set by hand, of the windows of these names."""

    provider_id: str
    at: float
    stamp: Stamp
    names: tuple[str, ...]
    model: str = EVERY_MODEL
    account: str = ""


@dataclass(frozen=True, slots=True)
class StateMerged:
    """Knowledge came from elsewhere: the file at the start, another process, a compaction.

    `turns` is how many turns it stands for, when it stands for turns.
    """

    at: float
    stamp: Stamp
    state: QuotaState = field(repr=False)
    turns: int = 0


Event = (
    TurnRecorded
    | QuotaObserved
    | FloorObserved
    | ProbeStarted
    | ProbeEnded
    | Throttled
    | QuotaSet
    | QuotaCleared
    | StateMerged
)
