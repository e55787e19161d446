"""`Router`: where the next request should go, from what every response and setting has told."""

import os
import threading
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import time
from typing import Any, NamedTuple, Self

from returns.result import Failure, Success

from bhoga_core.events import QuotaCleared, QuotaSet
from bhoga_core.explanation import Explanation, explain
from bhoga_core.manual import set_by_hand
from bhoga_core.merge import in_use
from bhoga_core.naming import canonical_model
from bhoga_core.policies import Metered, Policy
from bhoga_core.polls import Moment, observed
from bhoga_core.provider import Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import ProviderQuota, QuotaState
from bhoga_core.register import Stamp
from bhoga_core.report import ProviderReport
from bhoga_core.selection import RouterRecommendation, next_available, rank, recommend
from bhoga_core.window import EVERY_MODEL
from bhoga_shell import arguments, lifetime
from bhoga_shell.assessor import KeptAssessments
from bhoga_shell.credentials import configured
from bhoga_shell.discovery import Discovery
from bhoga_shell.httpx_hooks import async_response_hook, response_hook
from bhoga_shell.ledger import Ledger
from bhoga_shell.preferences import preferences_from
from bhoga_shell.probes.kinds import kinds_from
from bhoga_shell.turns import Turn, snapshot
from bhoga_shell.worker import Worker

REMEMBERED_CHOICES = 256
"""For how many different models the last choice is kept."""


NOTED_EVERY = 1.0
"""Seconds between two times that a use is noted while a probe is due."""


class Counters(NamedTuple):
    """What became of the turns recorded by this process.

    `folded_away` turns were folded into others while they waited, because the queue was full; no
    evidence is lost by that. `ignored` counts headers that could not be read.
    """

    folded_away: int
    ignored: int


class _Choice(NamedTuple):
    """An answer, the state it was drawn from, and the time for which that gives the same answer."""

    state: QuotaState
    since: float
    until: float
    answer: RouterRecommendation | None


class Router:
    """Routes each request to the provider of its model's family with the most quota left.

    Every method may be called from any thread. `best_for` and `record_turn` wait for nothing: no
    lock, no file, no network.

    `state_path` is the state file; by default `BHOGA_STATE`, else `~/.cache/bhoga/state.json`.
    With `eager`, discovery starts in the background at once. `policy` is a policy's name or a
    function (`bhoga_core.Policy`); by default `BHOGA_POLICY`, else `most_remaining`. `metered`
    says what may happen to providers that bill per token, `allow`, `last` or `never`; by default
    `BHOGA_METERED`, else `allow`. `probes` names the kinds of probe that may run, `files`, `cli`
    and `http` with commas between, or `off`; by default `BHOGA_PROBES`, else all. `reserve` and
    `switch_margin` are fractions (see `bhoga_core.Preferences`). `providers` are those to route
    among.

    Raises ValueError or TypeError for a preference that does not exist. A state file that cannot
    be used costs persistence and is reported once, to the logger `bhoga`.
    """

    def __init__(
        self,
        *,
        state_path: str | os.PathLike[str] | None = None,
        eager: bool = True,
        policy: str | Policy | None = None,
        metered: Metered | None = None,
        probes: str | None = None,
        reserve: float = 0.1,
        switch_margin: float = 0.0,
        providers: Sequence[Provider] = PROVIDERS,
    ) -> None:
        self._preferences = preferences_from(policy, metered, reserve, switch_margin, os.environ)
        self._providers = tuple(providers)
        self._by_id: Mapping[str, Provider] = {p.id: p for p in self._providers}
        self._ledger = Ledger(state_path, self._by_id)
        self._ledger.load()
        self._discovery = Discovery(
            self._ledger, self._providers, kinds_from(probes, os.environ), os.environ
        )
        self._worker = Worker(self._ledger, self._discovery.tick)
        self._assessed = KeptAssessments()
        self._choices: dict[str, _Choice] = {}
        self._configured = configured(self._providers)
        self._closed = False
        self._starting = threading.Lock()
        lifetime.enrol(self)
        weakref.finalize(self, self._worker.end)
        self._wake()
        if eager:
            threading.Thread(target=self._init_bg, name="bhoga _init_bg", daemon=True).start()

    # What to do next

    def best_for(self, model: str | Sequence[str]) -> RouterRecommendation | None:
        """Where the next request for `model` should go, or None when nothing can take it.

        Of a sequence of models, best first, it answers for the first that can be served. Raises
        TypeError for anything else, ValueError for an empty sequence.
        """
        if type(model) is str:
            choice = self._choices.get(model)
            if (
                choice is not None
                and choice.state is self._ledger.state
                and choice.since <= time() < choice.until
            ):
                return choice.answer
            return self._choose(model)
        if isinstance(model, str):
            return self._choose(str(model))
        for name in arguments.model_names(model):
            answer = self.best_for(name)
            if answer is not None:
                return answer
        return None

    def explain(self, model: str) -> tuple[Explanation, ...]:
        """Every candidate of `model`'s family in rank order, and why each ranks there."""
        return explain(
            self._ledger.state,
            arguments.model_name(model),
            time(),
            self._preferences,
            configured=self._configured,
            last=self._last(model),
            providers=self._providers,
        )

    def next_available(self, model: str) -> float | None:
        """The Unix second from which a request for `model` can be served.

        That is now if `best_for` has an answer, else when the soonest provider opens, or None if no
        such time is known.
        """
        return next_available(
            self._ledger.state,
            arguments.model_name(model),
            time(),
            self._preferences,
            configured=self._configured,
            providers=self._providers,
        )

    def quotas(self) -> tuple[ProviderQuota, ...]:
        """What is known now of the logins in use, sorted by provider id, then model."""
        return in_use(self._ledger.state)

    @property
    def counters(self) -> Counters:
        """What became of the turns recorded by this process."""
        return Counters(self._worker.folded_away, self._ledger.ignored)

    # What has happened

    def record_turn(
        self,
        pid: str,
        model: str,
        input_tokens: int = 0,
        output_tokens: int = 0,
        headers: object = None,
        status_code: int = 200,
        *,
        started_at: float | None = None,
    ) -> None:
        """Record the response to a request. Queued: the next answers reflect it within moments.

        `headers` are the response's: a mapping, pairs, or an `httpx.Headers`; names in any case,
        str or bytes. What cannot be read of them is ignored and counted. `started_at` is the Unix
        second the request was sent, if known: a success that began after a throttle ends it.
        Raises ValueError or TypeError for an unknown provider, a model that is no str, negative
        tokens or an impossible status, and RuntimeError on a closed router; nothing is recorded.
        """
        if (
            type(pid) is not str
            or pid not in self._by_id
            or type(model) is not str
            or type(input_tokens) is not int
            or type(output_tokens) is not int
            or type(status_code) is not int
            or input_tokens < 0
            or output_tokens < 0
            or not 100 <= status_code <= 599
            or len(model) > arguments.LONGEST_MODEL
            or started_at is not None
            or self._closed
        ):
            arguments.provider_id(pid, self._by_id)
            model = str(arguments.model_name(model))
            input_tokens = arguments.count("input_tokens", input_tokens)
            output_tokens = arguments.count("output_tokens", output_tokens)
            status_code = arguments.status(status_code)
            started_at = arguments.instant("started_at", started_at)
            self._must_be_open()
        kept = snapshot(headers)
        at, micros, counter = self._ledger.moment()
        self._worker.put(
            Turn(
                pid,
                model,
                at,
                micros,
                counter,
                input_tokens,
                output_tokens,
                status_code,
                kept,
                started_at,
            )
        )
        if not self._worker.is_running:
            self._wake()

    def httpx_hook(self, pid: str) -> Callable[[Any], None]:
        """A response hook for an `httpx` or `httpx2` client that records every turn as `pid`.

        For example `Anthropic(http_client=httpx2.Client(event_hooks={"response": [hook]}))`.
        Streams are left alone and the hook never raises. Raises ValueError for an unknown provider.
        """
        return response_hook(self.record_turn, arguments.provider_id(pid, self._by_id))

    def async_httpx_hook(self, pid: str) -> Callable[[Any], Awaitable[None]]:
        """The same for an `httpx.AsyncClient` or `httpx2.AsyncClient`."""
        return async_response_hook(self.record_turn, arguments.provider_id(pid, self._by_id))

    def set_quota(
        self,
        pid: str,
        pct_remaining: float,
        *,
        weekly_pct: float | None = None,
        model: str = EVERY_MODEL,
        ttl: float | None = None,
    ) -> None:
        """Set by hand what is left of a provider, in percent 0-100.

        It is seen by the next `best_for` of any thread, and is on disk when this returns. For
        providers with a burst and a weekly window, `pct_remaining` sets the first and `weekly_pct`
        the second (by default the same). `model` is the model it is for, `"*"` for all. It counts
        over polls until `ttl` seconds have passed (by default the window's length; without a length
        until it is cleared); response headers after it win over it. Raises ValueError or TypeError
        naming the argument, and RuntimeError on a closed router; then nothing has changed.
        """
        provider = self._by_id[arguments.provider_id(pid, self._by_id)]
        percent = arguments.percentage("pct_remaining", pct_remaining)
        weekly = None if weekly_pct is None else arguments.percentage("weekly_pct", weekly_pct)
        key = canonical_model(arguments.model_name(model))
        lasting = arguments.seconds("ttl", ttl)
        at, *stamp = self._ledger.moment()
        windows = set_by_hand(provider, percent, weekly, at, lasting)
        self._must_be_open()
        self._ledger.tell(QuotaSet(pid, at, Stamp(*stamp), windows, key))
        self._ledger.save()

    def clear_quota(self, pid: str, model: str = EVERY_MODEL) -> None:
        """Take back what `set_quota` set for this provider and model. On disk when this returns."""
        provider = self._by_id[arguments.provider_id(pid, self._by_id)]
        key = canonical_model(arguments.model_name(model))
        self._must_be_open()
        at, *stamp = self._ledger.moment()
        names = tuple(name for name, _ in provider.settable)
        self._ledger.tell(QuotaCleared(pid, at, Stamp(*stamp), names, key))
        self._ledger.save()

    def observe(self, pid: str, payload: object) -> None:
        """Take in what a provider's own program told beside its responses. Seen by the next answer.

        For `claude_code`: the JSON that Claude Code hands to a status line, whose numbers are not
        dated and so count as "at least this much is used", or a `rate_limit_event` line of its
        stream. `payload` is a str, bytes or a mapping. Raises ValueError for an unknown provider,
        one that has nothing to observe, and a payload that tells nothing, naming the place.
        """
        provider = self._by_id[arguments.provider_id(pid, self._by_id)]
        if provider.observe is None:
            raise ValueError(f"pid is {pid!r}, of which nothing is known to observe")
        at, micros, counter = self._ledger.moment()
        self._must_be_open()
        match provider.observe(payload, at):
            case Success(told):
                moment = Moment(at, Stamp(micros, counter))
                self._ledger.tell(observed(pid, told, moment))
                self._wake()
            case Failure(problem):
                where = f" at {problem.path}" if problem.path else ""
                raise ValueError(f"payload: {problem.reason}{where}")

    def refresh(self, pid: str | None = None) -> None:
        """Ask the sources of a provider now, and wait for their answers; None asks all of them.

        It skips the pace at which sources are asked, never the back-off of one that has said no nor
        the hourly budget (`discovery` tells). It takes about a second, and at most as long as the
        deadlines of the sources that do not answer. Raises ValueError for an unknown provider.
        """
        if pid is not None:
            arguments.provider_id(pid, self._by_id)
        self._must_be_open()
        self._ledger.look()
        for thread in self._discovery.run(self._by_id if pid is None else [pid], explicit=True):
            thread.join()
        self._forget()

    def discovery(self) -> tuple[ProviderReport, ...]:
        """For each provider which source answered, when, how long it took, why the others did not.

        With warnings of what makes a number lie. It asks nothing: see `refresh`.
        """
        return self._discovery.report()

    # Its life

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until every turn recorded before is folded in and on disk.

        At most `timeout` seconds, None is for as long as it takes. False if the time ran out or the
        file could not be written (the reason has been logged).
        """
        self._wake()
        return self._closed or self._worker.flush(timeout)

    def close(self) -> None:
        """Flush and stop the worker. What is known can still be asked; nothing can be recorded."""
        if not self._closed:
            self._closed = True
            self._discovery.close()
            self._worker.stop(timeout=1.0)

    def __enter__(self) -> Self:
        """The router itself; leaving the block closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def after_fork(self) -> None:
        """Become, in a child process, a router of its own with what is known so far."""
        self._starting = threading.Lock()
        self._ledger.after_fork()
        self._worker.after_fork()
        self._discovery.after_fork()
        self._choices = {}

    def _init_bg(self) -> None:
        """The first discovery, on a thread of its own: each source that is due."""
        if not self._closed:
            self._discovery.wanted = True
            self._discovery.tick()

    def _forget(self) -> None:
        """Answer anew from here on, with the logins that are here now."""
        self._configured = configured(self._providers)
        # A new dict, not a cleared one: an answer that is being drawn from what was configured
        # before goes into the old.
        self._choices = {}

    def _wake(self) -> None:
        """Make sure that the worker runs: it does not after a fork, until it is first needed."""
        if not self._worker.is_running:
            with self._starting:
                if not self._closed and not self._worker.is_running:
                    self._worker.start()

    def _must_be_open(self) -> None:
        if self._closed:
            raise RuntimeError("this Router is closed; make a new one to record or set anything")

    def _last(self, model: str) -> str | None:
        choice = self._choices.get(model)
        return None if choice is None or choice.answer is None else choice.answer.provider_id

    def _choose(self, model: str) -> RouterRecommendation | None:
        self._wake()
        choices, state, now = self._choices, self._ledger.state, time()
        ranking = rank(
            state,
            model,
            now,
            self._preferences,
            configured=self._configured,
            last=self._last(model),
            providers=self._providers,
            assessed=self._assessed,
        )
        answer = recommend(ranking, model)
        if len(choices) >= REMEMBERED_CHOICES:
            choices.clear()
        # That the router is in use is noted here, and noted again from when the next probe is due.
        self._discovery.wanted = True
        until = min(ranking.holds_until, max(self._discovery.due_at, now + NOTED_EVERY))
        choices[model] = _Choice(state, now, until, answer)
        return answer
