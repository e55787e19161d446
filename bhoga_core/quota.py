"""What is known: the records of every provider, and the one immutable state that holds them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pyrsistent import PMap, pmap

from bhoga_core.assessment import assess
from bhoga_core.evidence import Evidence
from bhoga_core.gates import ProviderStatus
from bhoga_core.register import BEGINNING, Register, Stamp
from bhoga_core.window import EVERY_MODEL

STRIKES_KEPT = 16
"""How many unexplained 429s are remembered. Four in a row reach the longest pause; the rest leave
room for those of requests that ran beside each other, which count once."""


ATTEMPTS_KEPT = 20
"""How many requests of probes are remembered: as many as an hour may have (`schedule`)."""


class Strike(NamedTuple):
    """One 429 that named neither a window nor a time to wait.

    `at` is the Unix second it arrived, `begun` the stamp of the request's start where it is known.
    """

    stamp: Stamp
    at: float
    begun: Stamp | None


class Block(NamedTuple):
    """A status that closes a provider: seen `at` (Unix seconds), to be respected `until` then.

    401 and 403 are a refused login, 402 an unpaid one, everything else a stated time to wait.
    """

    status_code: int
    at: float
    until: float


class Attempt(NamedTuple):
    """A source was asked `at` (Unix seconds), and may still be under way `until` then."""

    stamp: Stamp
    at: float
    source: str
    until: float


class Outcome(NamedTuple):
    """How the last probe of a source ended, `at` (Unix seconds).

    `reason` is a word for machines (`reading.Reason`), `""` when it answered, and `detail` a clause
    for people. It may be asked again from `retry_at`, Unix seconds; `wait` are the seconds that
    this came from, which the next wait grows from, and `took` those that the probe needed.
    `credential` is a salted hash of the login it was asked with.
    """

    reason: str
    detail: str
    at: float
    retry_at: float
    wait: float
    took: float = 0.0
    credential: str = ""


@dataclass(frozen=True, slots=True)
class ProviderQuota:
    """What is known of one login of one provider, for all models (`model` is `"*"`) or for one.

    `account` is `""` or a salted hash of the login, so that two logins on one machine never mix.
    `evidence` is sorted by window name and scope. `throttle` is the last stated time to wait,
    `strikes` are the latest 429s that stated nothing, sorted by stamp. `served`
    is the stamp of the last success, `served_from` the latest known start of a successful request.
    `polls` holds, by source, the stamp of its last complete answer: what that answer did not
    mention is withdrawn. `outcomes` holds, by source, how its last probe ended, and `attempts` are
    the latest requests of probes, sorted by stamp; both stand in the record without an account,
    because the poll budget is the provider's.
    """

    provider_id: str
    model: str = EVERY_MODEL
    account: str = ""
    evidence: tuple[Evidence, ...] = ()
    throttle: Register[Block] | None = None
    strikes: tuple[Strike, ...] = ()
    served: Stamp = BEGINNING
    served_from: Stamp = BEGINNING
    refusal: Register[Block] | None = None
    plan: Register[str] | None = None
    polls: tuple[tuple[str, Stamp], ...] = ()
    outcomes: tuple[tuple[str, Register[Outcome]], ...] = ()
    attempts: tuple[Attempt, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """The record's identity and its place in any sorted listing."""
        return (self.provider_id, self.model, self.account)

    @property
    def latest(self) -> Stamp:
        """The latest stamp in this record."""
        return max(self._stamps(), default=BEGINNING)

    def outcome(self, source: str) -> Outcome | None:
        """How the last probe of a source ended, None if it was never asked."""
        return next((ended.value for name, ended in self.outcomes if name == source), None)

    def _stamps(self) -> Iterator[Stamp]:
        yield self.served
        yield self.served_from
        for register in (self.throttle, self.refusal, self.plan):
            if register is not None:
                yield register.stamp
        for strike in self.strikes:
            yield strike.stamp
        for _, stamp in self.polls:
            yield stamp
        for _, outcome in self.outcomes:
            yield outcome.stamp
        for attempt in self.attempts:
            yield attempt.stamp
        for evidence in self.evidence:
            yield from evidence.stamps()

    def remaining_at(self, now: float, model: str | None = None) -> float:
        """The headroom at `now` (Unix seconds): a fraction 0.0-1.0, or -1.0 when it is unknown.

        It is the tightest of the windows that apply to `model`. Without a model, windows that are
        scoped to one do not count.
        """
        return assess((self,), now, model).headroom

    def status_at(self, now: float, model: str | None = None) -> ProviderStatus:
        """Whether a request for `model` could be served at `now` (Unix seconds), as far as known.

        Never `UNCONFIGURED`: that depends on the process, not on what is known.
        """
        return assess((self,), now, model).status


@dataclass(frozen=True, slots=True)
class QuotaState:
    """Everything bhoga knows, as one value: `quotas` by provider id, each sorted by `key`.

    `latest` is the latest stamp ever folded in, so that a clock can be kept ahead of it. The
    iteration order of the map is not a function of its value: go through `records()`.
    """

    quotas: PMap[str, tuple[ProviderQuota, ...]] = field(
        default_factory=lambda: pmap({})  # a fresh one: pyrsistent's own default is untyped
    )
    latest: Stamp = BEGINNING

    def records(self) -> tuple[ProviderQuota, ...]:
        """Every record, sorted by provider id, then model, then account."""
        return tuple(
            record for provider_id in sorted(self.quotas) for record in self.quotas[provider_id]
        )

    def shared(self, provider_id: str) -> ProviderQuota:
        """What is known of a provider whichever login is used; an empty record if nothing is."""
        for record in self.quotas.get(provider_id, ()):
            if record.account == "" and record.model == EVERY_MODEL:
                return record
        return ProviderQuota(provider_id)

    def account(self, provider_id: str) -> str:
        """The login of this provider that is in use: the one learned of last, `""` if none is told.

        What came without an account, such as a response or a setting, counts for every login.
        """
        told = [it for it in self.quotas.get(provider_id, ()) if it.account]
        return max(told, key=lambda it: (it.latest, it.account)).account if told else ""

    def of(self, provider_id: str, model: str) -> tuple[ProviderQuota, ...]:
        """The records that bear on a request for `model` (a canonical name) to this provider."""
        group = self.quotas.get(provider_id, ())
        if len(group) == 1 and group[0].model == EVERY_MODEL:
            return group  # by far the most frequent case
        accounts = ("", self.account(provider_id))
        return tuple(
            record
            for record in group
            if record.account in accounts and record.model in (EVERY_MODEL, model)
        )


def state_of(records: Iterable[ProviderQuota], latest: Stamp = BEGINNING) -> QuotaState:
    """The state that holds exactly these records, of which no two may share a `key`.

    `latest` is raised to the latest stamp of the records. Raises ValueError for a repeated key.
    """
    by_provider: dict[str, list[ProviderQuota]] = {}
    seen: set[tuple[str, str, str]] = set()
    for record in sorted(records, key=lambda record: record.key):
        if record.key in seen:
            raise ValueError(f"two records for {record.key}: merge them first")
        seen.add(record.key)
        by_provider.setdefault(record.provider_id, []).append(record)
        latest = max(latest, record.latest)
    return QuotaState(pmap({pid: tuple(group) for pid, group in by_provider.items()}), latest)
