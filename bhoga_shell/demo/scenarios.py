"""What the stand-ins answer: a scenario is a value, and time passes over it by arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

FIVE_HOURS = 5 * 3600.0
WEEK = 7 * 86400.0
MONTH = 30 * 86400.0
"""The lengths of the windows, in seconds."""


class Manner(StrEnum):
    """How a backend answers who asks for usage."""

    ORDINARY = "ordinary"
    UNAUTHORISED = "unauthorised"
    """401."""
    SCOPE = "scope"
    """403, because the login may not read usage, where the provider knows such a login."""
    FORBIDDEN = "forbidden"
    """403, for no reason that another login would cure."""
    RATE_LIMITED = "rate_limited"
    """429."""
    SLOW = "slow"
    """As ordinary, but held back until it is released."""
    GARBAGE = "garbage"
    """200, and bytes that are no JSON."""
    HUGE = "huge"
    """200, and more bytes than anybody should keep."""
    REDIRECT = "redirect"
    """302, to another path."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One window: PERCENT used, seconds to its reset, and its length in seconds."""

    used: float
    resets_in: float
    length: float

    def after(self, seconds: float) -> "Allowance":
        """The same window later. Each reset that has passed has emptied it."""
        left = self.resets_in - seconds
        if left > 0.0:
            return replace(self, resets_in=left)
        return replace(self, used=0.0, resets_in=left % self.length or self.length)


def session(used: float, resets_in: float = 2.5 * 3600.0) -> Allowance:
    """Five hours of which `used` PERCENT are gone."""
    return Allowance(used, resets_in, FIVE_HOURS)


def week(used: float, resets_in: float = 3.0 * 86400.0) -> Allowance:
    """Seven days of which `used` PERCENT are gone."""
    return Allowance(used, resets_in, WEEK)


def month(used: float, resets_in: float = 11.0 * 86400.0) -> Allowance:
    """A month of which `used` PERCENT are gone."""
    return Allowance(used, resets_in, MONTH)


@dataclass(frozen=True, slots=True)
class ModelLimit:
    """A limit of one model, which is named as people read it; `limit_id` is what Codex calls it."""

    model: str
    window: Allowance
    limit_id: str = ""

    def after(self, seconds: float) -> "ModelLimit":
        """The same limit later."""
        return replace(self, window=self.window.after(seconds))


@dataclass(frozen=True, slots=True)
class Manners:
    """How a backend answers, whether or not there is a login, and a 429's `Retry-After`."""

    manner: Manner = Manner.ORDINARY
    retry_after: str | None = None
    logged_in: bool = True


@dataclass(frozen=True, slots=True)
class ExtraUsage:
    """What Claude sells beyond the plan, in cents."""

    limit: int | None = None
    used: int = 0
    enabled: bool = False


@dataclass(frozen=True, slots=True)
class Claude:
    """A Claude plan. A session that is untouched has not begun, and has no reset."""

    session: Allowance | None
    week: Allowance | None
    models: tuple[ModelLimit, ...] = ()
    plan: str = "max"
    extra: ExtraUsage = ExtraUsage()
    manners: Manners = Manners()

    def after(self, seconds: float) -> "Claude":
        """The same plan later."""
        return replace(
            self,
            session=self.session and self.session.after(seconds),
            week=self.week and self.week.after(seconds),
            models=tuple(limit.after(seconds) for limit in self.models),
        )


@dataclass(frozen=True, slots=True)
class Codex:
    """A ChatGPT plan. Without a session the week is in the primary slot; `balance` are credits."""

    session: Allowance | None
    week: Allowance | None
    models: tuple[ModelLimit, ...] = ()
    plan: str = "plus"
    balance: str | None = None
    manners: Manners = Manners()

    @property
    def windows(self) -> tuple[Allowance, ...]:
        """The windows that there are, in the order of the slots."""
        return tuple(window for window in (self.session, self.week) if window is not None)

    @property
    def has_credits(self) -> bool:
        """Whether there are credits beside the plan."""
        return self.balance is not None and float(self.balance) > 0.0

    def after(self, seconds: float) -> "Codex":
        """The same plan later."""
        return replace(
            self,
            session=self.session and self.session.after(seconds),
            week=self.week and self.week.after(seconds),
            models=tuple(limit.after(seconds) for limit in self.models),
        )


@dataclass(frozen=True, slots=True)
class Copilot:
    """A Copilot plan: premium requests of an entitlement. Chat and completions are unlimited."""

    premium: Allowance
    entitlement: int = 1500
    overage_permitted: bool = False
    plan: str = "individual_pro"
    manners: Manners = Manners()

    @property
    def left(self) -> float:
        """How many premium requests are left; below zero are those beyond the entitlement."""
        return self.entitlement * (100.0 - self.premium.used) / 100.0

    def after(self, seconds: float) -> "Copilot":
        """The same plan later."""
        return replace(self, premium=self.premium.after(seconds))


@dataclass(frozen=True, slots=True)
class Scenario:
    """What all three providers answer. Resets count from the moment it is set."""

    claude: Claude
    codex: Codex
    copilot: Copilot

    def after(self, seconds: float) -> "Scenario":
        """The same scenario later: resets are nearer, and what has reset is full again."""
        return Scenario(
            self.claude.after(seconds), self.codex.after(seconds), self.copilot.after(seconds)
        )

    def with_manners(self, manners: Manners) -> "Scenario":
        """The same numbers, all three answering in another manner."""
        return Scenario(
            replace(self.claude, manners=manners),
            replace(self.codex, manners=manners),
            replace(self.copilot, manners=manners),
        )


def _spark(used: float) -> ModelLimit:
    return ModelLimit("GPT-5.3-Codex-Spark", session(used, 4.0 * 3600.0), "codex_bengalfox")


_FRESH = Scenario(
    Claude(session(12.0), week(31.0), (ModelLimit("Fable", week(18.0)),)),
    Codex(session(8.0, 3.25 * 3600.0), week(22.0, 4.0 * 86400.0), (_spark(3.0),)),
    Copilot(month(27.0)),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "fresh": _FRESH,
        "low": Scenario(
            Claude(session(88.0), week(91.0), (ModelLimit("Fable", week(86.0)),)),
            Codex(session(94.0, 5400.0), week(63.0, 4.0 * 86400.0), (_spark(71.0),)),
            Copilot(month(95.5)),
        ),
        "exhausted": Scenario(
            Claude(session(100.0), week(74.0), (ModelLimit("Fable", week(52.0)),)),
            Codex(session(100.0, 2700.0), week(47.0, 4.0 * 86400.0), (_spark(9.0),)),
            Copilot(month(100.0)),
        ),
        "scoped-exhausted": Scenario(
            Claude(session(24.0), week(66.0), (ModelLimit("Fable", week(100.0)),)),
            Codex(session(17.0, 3.25 * 3600.0), week(38.0, 4.0 * 86400.0), (_spark(100.0),)),
            Copilot(month(41.0)),
        ),
        "weekly-only": Scenario(
            Claude(None, week(43.0), (ModelLimit("Fable", week(19.0)),)),
            Codex(None, week(56.0, 4.0 * 86400.0), plan="pro"),
            Copilot(month(62.0)),
        ),
        "unauthorised": _FRESH.with_manners(Manners(Manner.UNAUTHORISED)),
        "forbidden": _FRESH.with_manners(Manners(Manner.SCOPE)),
        "rate-limited": _FRESH.with_manners(Manners(Manner.RATE_LIMITED)),
        "rate-limited-zero": _FRESH.with_manners(Manners(Manner.RATE_LIMITED, "0")),
        "rate-limited-1600": _FRESH.with_manners(Manners(Manner.RATE_LIMITED, "1600")),
        "slow": _FRESH.with_manners(Manners(Manner.SLOW)),
        "garbage": _FRESH.with_manners(Manners(Manner.GARBAGE)),
        "huge": _FRESH.with_manners(Manners(Manner.HUGE)),
        "redirect": _FRESH.with_manners(Manners(Manner.REDIRECT)),
        "logged-out": _FRESH.with_manners(Manners(logged_in=False)),
    }
)
"""The scenarios that have a name."""
