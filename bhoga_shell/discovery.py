"""Asks the sources of the providers, inside the budget that all processes share.

A round of one provider goes through its sources in order until one answers. Before each question it
is claimed in the state file, so nobody else asks meanwhile; no lock is held while it runs. When
a source is due is the core's to say (`bhoga_core.schedule`); what it is asked, its provider's.
"""

import contextlib
import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf

from returns.result import Success

from bhoga_core.events import Event
from bhoga_core.polls import Moment, abandoned, ended, started
from bhoga_core.probe import Kind, Source
from bhoga_core.provider import Provider
from bhoga_core.quota import QuotaState
from bhoga_core.reading import Declined, Reason
from bhoga_core.register import Stamp
from bhoga_core.report import ProviderReport
from bhoga_core.schedule import Askable, Due, due_probes, soonest, under_way
from bhoga_shell.fingerprints import Fingerprints
from bhoga_shell.ledger import Ledger
from bhoga_shell.log import log
from bhoga_shell.probes.asking import Prepared, Told, prepare
from bhoga_shell.probes.files import value_at
from bhoga_shell.reports import reports

LOOK_AGAIN = 300.0
"""Seconds after which it is looked anew which programs and logins are here."""

WAIT_FOR_OTHERS = 0.05
"""Seconds between two looks at whether another process has its answer."""


class Discovery:
    """The sources of these providers, asked when they are due or a person asks for them.

    `kinds` are the kinds of probe that may run, `environ` is the environment they run in. Whoever
    uses what is known sets `wanted`: nothing is asked for a router that nobody uses. From the Unix
    second `due_at` on that is worth doing again.
    """

    def __init__(
        self,
        ledger: Ledger,
        providers: Iterable[Provider],
        kinds: Collection[Kind],
        environ: Mapping[str, str],
    ) -> None:
        self._ledger = ledger
        self._providers = {provider.id: provider for provider in providers}
        self._kinds = kinds
        self._environ = environ
        self._fingerprints = Fingerprints(ledger.path)
        self._here: dict[str, dict[str, Declined]] = {}
        self._askable: dict[str, Sequence[Askable]] = {}
        self._looked_at: dict[str, float] = {}
        self._renew()
        self.wanted, self.due_at = False, -inf
        self._ticked: tuple[QuotaState | None, float] = (None, inf)

    def _renew(self) -> None:
        self._rounds = {provider_id: threading.Lock() for provider_id in self._providers}
        self._claims: dict[str, Due] = {}
        self._closed = threading.Event()

    # What a router does with it

    def run(self, provider_ids: Iterable[str], *, explicit: bool) -> list[threading.Thread]:
        """Start a round of each of these providers, side by side, each on a thread of its own.

        `explicit` is a person's own question: it skips the pace, never a back-off or the budget.
        """
        threads = [
            threading.Thread(
                target=self._round,
                args=(self._providers[provider_id], time.time(), explicit),
                name=f"bhoga probe {provider_id}",
                daemon=True,
            )
            for provider_id in provider_ids
            if self._providers[provider_id].sources
        ]
        for thread in threads:
            thread.start()
        return threads

    def tick(self) -> None:
        """Start a round of each provider that is due, if anybody has wanted to know since."""
        now, state = time.time(), self._ledger.state
        if not self.wanted or self._closed.is_set():
            return
        self.wanted = False
        # Behind the last tick the clock has stepped back, and that second was one of another time.
        ticked, at = self._ticked
        if state is ticked and at <= now < self.due_at:
            return
        due = {provider_id: self._due_at(provider_id, now) for provider_id in self._providers}
        self._ticked, self.due_at = (state, now), min(due.values(), default=inf)
        self.run(
            [pid for pid, at in due.items() if at <= now and self._is_idle(pid)], explicit=False
        )

    def report(self) -> tuple[ProviderReport, ...]:
        """For each provider which source answered, when, how long it took, why the others did not.

        It tells of the probes of all processes, and of what this one has. Nothing is asked.
        """
        now = time.time()
        for provider in self._providers.values():
            if not 0.0 <= now - self._looked_at.get(provider.id, -inf) <= LOOK_AGAIN:
                self._look(provider, self._account(provider))
        return reports(self._ledger.state, self._providers.values(), self._environ, self._here)

    def close(self) -> None:
        """Give up what is under way, and say so to the other processes. Nothing is waited for."""
        self._closed.set()
        given_up = [abandoned(due, self._moment()) for due in [*self._claims.values()]]
        if given_up:
            self._ledger.fold(given_up)

    def after_fork(self) -> None:
        """Forget, in a child process, the rounds that the parent goes on with."""
        self._renew()

    # A round

    def _round(self, provider: Provider, since: float, explicit: bool) -> None:
        with self._rounds[provider.id], contextlib.suppress(_ClosedError):
            try:
                self._go_through(provider, since, explicit=explicit)
            except _ClosedError:
                raise
            except Exception as error:  # noqa: BLE001 -- a third party's provider may do anything
                # Its text is not shown: it may hold what was asked with.
                log().warning("%s could not be asked: %s", provider.id, type(error).__name__)

    def _go_through(self, provider: Provider, since: float, *, explicit: bool) -> None:
        account = self._account(provider)
        prepared = self._look(provider, account)
        remaining = [*prepared]
        self._ledger.look()
        while remaining := self._unasked(provider.id, remaining, since if explicit else inf):
            claim = self._claim(provider.id, remaining, explicit=explicit)
            if claim is None:
                if explicit and self._others_are_asking(provider.id):
                    continue
                return
            due, asked = claim
            told = prepared[due.source].ask()
            self._end(due, prepared[due.source].source, told, asked, account)
            if isinstance(told.answer, Success):
                return
            remaining = remaining[remaining.index(due.source) + 1 :]

    def _claim(
        self, provider_id: str, sources: Sequence[Askable], *, explicit: bool
    ) -> tuple[Due, Moment] | None:
        """The source that is due, claimed for this process; None when none is."""
        claimed: list[tuple[Due, Moment]] = []

        def decide(state: QuotaState, moment: Moment) -> Event | None:
            claimed.clear()
            for due in due_probes(state, moment.at, {provider_id: sources}, explicit=explicit):
                claimed.append((due, moment))
                return started(due, moment)
            return None

        if self._closed.is_set():
            raise _ClosedError
        # The file's lock is worth taking only for something that is due as far as is known here.
        moment = self._moment()
        if decide(self._ledger.state, moment) is not None:
            self._ledger.claim(decide)
        if not claimed:
            return None
        due, moment = claimed[0]
        if due.source.kind is not Kind.FILES:
            self._claims[provider_id] = due
            if self._closed.is_set():  # meanwhile, and `close` may not have seen this claim
                self._ledger.tell(abandoned(due, self._moment()))
                self._ledger.save()
                raise _ClosedError
        return due, moment

    def _end(self, due: Due, source: Source, told: Told, asked: Moment, account: str) -> None:
        if self._closed.is_set():
            raise _ClosedError
        self._ledger.fold(
            ended(
                self._ledger.state,
                due,
                source,
                told.answer,
                asked=asked,
                dated_at=told.dated_at,
                now=self._moment(),
                account=account,
            )
        )
        self._claims.pop(due.provider_id, None)
        self._ledger.save()
        log().info("%s: %s took %.2f s", due.provider_id, source.name, told.took)

    def _others_are_asking(self, provider_id: str) -> bool:
        """Wait a moment for another process's answer, if one is under way."""
        until = under_way(self._ledger.state, provider_id, time.time())
        if until is None:
            return False
        self._closed.wait(WAIT_FOR_OTHERS)
        self._ledger.look()
        return True

    def _unasked(self, provider_id: str, sources: Sequence[Askable], since: float) -> list[Askable]:
        """Those of the sources that nobody has asked since, none if one of them has answered.

        The same question of somebody else, of whatever process, was this one's too: twenty who ask
        at once would spend the budget of an hour on a source that does not answer.
        """
        shared = self._ledger.state.shared(provider_id)
        unasked: list[Askable] = []
        for source in sources:
            outcome = shared.outcome(source.name)
            if (
                outcome is None
                or outcome.at < since
                or outcome.credential != source.credential
                or outcome.reason == Reason.ABANDONED
            ):
                unasked.append(source)
            elif not outcome.reason:
                return []
        return unasked

    # What is here

    def _look(self, provider: Provider, account: str) -> Mapping[Askable, Prepared]:
        """The sources that can be asked here, in order; why others cannot is remembered."""
        now = time.time()
        prepared: dict[Askable, Prepared] = {}
        declined: dict[str, Declined] = {}
        for source in provider.sources:
            found = prepare(source, self._environ, now, self._kinds)
            if isinstance(found, Declined):
                declined[source.name] = found
            else:
                credential = self._fingerprints.of(found.credential) or account
                prepared[Askable(source.name, source.kind, source.timeout, credential)] = found
        self._here[provider.id] = declined
        self._askable[provider.id] = tuple(prepared)
        self._looked_at[provider.id] = now
        return prepared

    def _account(self, provider: Provider) -> str:
        """A salted hash of the login in use, `""` where it is not told."""
        if provider.account is None:
            return ""
        value = value_at(provider.account, self._environ)
        return self._fingerprints.of(value) if isinstance(value, str) else ""

    def _due_at(self, provider_id: str, now: float) -> float:
        """When a round of this provider is worth its while: a source is due, or a look around."""
        if not self._providers[provider_id].sources:
            return inf
        looked_at = self._looked_at.get(provider_id)
        if looked_at is None:
            return -inf
        due = soonest(self._ledger.state, provider_id, now, self._askable[provider_id])
        again = looked_at + LOOK_AGAIN if looked_at <= now else now
        return again if due is None else min(due.at, again)

    def _is_idle(self, provider_id: str) -> bool:
        return not self._rounds[provider_id].locked()

    def _moment(self) -> Moment:
        at, *stamp = self._ledger.moment()
        return Moment(at, Stamp(*stamp))


class _ClosedError(Exception):
    """The router was closed while a probe ran."""
