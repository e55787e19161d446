"""When a source is asked: in virtual time, by any number of processes that share one state."""

import heapq
import itertools
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core.polls import Moment, ended, started
from bhoga_core.probe import HttpGet, Kind, LoginVariables, Place, ReadFile, RunCommand, Source
from bhoga_core.quota import QuotaState
from bhoga_core.reading import Answer, Declined, Malformed, Reading, Reason
from bhoga_core.reducers import fold
from bhoga_core.register import Stamp
from bhoga_core.schedule import (
    HOUR,
    HOURLY_BUDGET,
    JITTER,
    LONGEST_REST,
    PACE,
    RETRY_AFTER_PADDING,
    SLOWEST,
    Askable,
    Due,
    due_probes,
    soonest,
)
from bhoga_core.window import Window

NOW = 1_800_000_000.0
PID = "claude_code"
HTTP = Askable("usage", Kind.HTTP, 10.0, "c1")
CLI = Askable("cli", Kind.CLI, 30.0, "c1")
FILE = Askable("file", Kind.FILES, 0.0, "c1")
ALL = (HTTP, CLI, FILE)


def unread(payload: bytes, at: float, zones: object) -> Answer:
    """No payload is read here: the answers are made up."""
    del payload, at, zones
    return Failure(Malformed("not read here"))


SOURCES = {
    "usage": Source(
        "usage", HttpGet("https://x.test", "Bearer", LoginVariables((), (), ()), "X"), unread
    ),
    "cli": Source("cli", RunCommand(("claude",)), unread),
    "file": Source("file", ReadFile(Place("X", "", "x")), unread, floor=True),
}


def moment(at: float, counter: int = 0) -> Moment:
    """An instant, stamped as a right clock would."""
    return Moment(at, Stamp(int(at * 1e6), counter))


def reading(used: float, at: float, resets_at: float | None = None) -> Answer:
    """An answer with one window."""
    return Success(Reading((Window("weekly", used, at, "", resets_at=resets_at),)))


def declined(reason: Reason, retry_at: float | None = None) -> Answer:
    """No answer, and why."""
    return Failure(Declined(reason, retry_at=retry_at))


def asked(state: QuotaState, source: Askable, at: float, answer: Answer) -> QuotaState:
    """The state after a probe that began at `at` and took a second."""
    due = Due(PID, source, at)
    begun = started(due, moment(at))
    state = fold(state, () if begun is None else (begun,))
    after = ended(
        state,
        due,
        SOURCES[source.name],
        answer,
        asked=moment(at),
        dated_at=at,
        now=moment(at + 1.0, 1),
    )
    return fold(state, after)


def due_at(state: QuotaState, at: float, *, explicit: bool = False) -> str | None:
    """The source that is due then, if any."""
    due = due_probes(state, at, {PID: ALL}, explicit=explicit)
    return due[0].source.name if due else None


def test_the_kind_of_a_source_is_that_of_its_probe() -> None:
    """Which decides its pace, and whether a person allows it."""
    assert {name: source.kind for name, source in SOURCES.items()} == {
        "usage": "http",
        "cli": "cli",
        "file": "files",
    }


def test_what_was_never_asked_is_due_the_best_source_first() -> None:
    """And where nothing can be asked, nothing is."""
    assert due_at(QuotaState(), NOW) == "usage"
    assert due_probes(QuotaState(), NOW, {PID: ()}) == ()
    assert soonest(QuotaState(), PID, NOW, ()) is None


def test_one_that_is_under_way_keeps_everybody_from_asking() -> None:
    """Until it has ended, or its process has died and its time is over. A file waits too."""
    begun = started(Due(PID, HTTP, NOW), moment(NOW))
    assert begun is not None
    state = fold(QuotaState(), (begun,))
    assert due_at(state, NOW + 1) is None
    assert due_at(state, NOW + 1, explicit=True) is None
    assert due_at(state, NOW + PACE[Kind.HTTP]) == "usage"
    assert started(Due(PID, FILE, NOW), moment(NOW)) is None


def test_an_answer_keeps_the_later_sources_from_being_asked() -> None:
    """And the best one rests for its pace, with up to a fifth of it more."""
    state = asked(QuotaState(), HTTP, NOW, reading(0.5, NOW))
    assert due_at(state, NOW + 1 + PACE[Kind.HTTP] - 1) is None
    assert due_at(state, NOW + 1 + PACE[Kind.HTTP] * (1 + JITTER) + 1) == "usage"


def test_an_answer_that_does_not_move_slows_the_pace() -> None:
    """By half each time, to ten minutes; one that moves brings the fastest back."""
    state, at, waits = QuotaState(), NOW, list[float]()
    for _ in range(6):
        state = asked(state, HTTP, at, reading(0.5, at))
        outcome = state.shared(PID).outcome("usage")
        assert outcome is not None
        waits.append(outcome.wait)
        at += HOUR
    assert waits == [180.0, 270.0, 405.0, SLOWEST, SLOWEST, SLOWEST]
    state = asked(state, HTTP, at, reading(0.6, at))
    after = state.shared(PID).outcome("usage")
    assert after is not None
    assert after.wait == PACE[Kind.HTTP]


def test_a_reset_makes_a_poll_due() -> None:
    """Just after it, but never faster than the pace."""
    for _ in range(3):
        state = asked(QuotaState(), HTTP, NOW, reading(0.5, NOW))
    state = asked(state, HTTP, NOW + HOUR, reading(0.5, NOW, NOW + HOUR + 200))
    assert due_at(state, NOW + HOUR + 199) is None
    assert due_at(state, NOW + HOUR + 202) == "usage"
    soon = asked(QuotaState(), HTTP, NOW, reading(0.5, NOW, NOW + 5))
    assert due_at(soon, NOW + 100) is None


def test_a_429_falls_through_to_the_next_source_and_rests_this_one() -> None:
    """`Retry-After: 0` or none: five minutes at the least, longer while it repeats."""
    state, at = asked(QuotaState(), HTTP, NOW, declined(Reason.RATE_LIMITED)), NOW
    assert due_at(state, NOW + 2) == "cli"
    waits: list[float] = []
    for _ in range(7):
        outcome = state.shared(PID).outcome("usage")
        assert outcome is not None
        waits.append(outcome.wait)
        at = outcome.retry_at
        state = asked(state, HTTP, at, declined(Reason.RATE_LIMITED))
    assert waits == [300.0, 450.0, 675.0, 1012.5, 1518.75, LONGEST_REST, LONGEST_REST]


def test_a_stated_time_to_wait_is_kept_and_padded() -> None:
    """Blocks are known to outlast it a little."""
    state = asked(QuotaState(), HTTP, NOW, declined(Reason.RATE_LIMITED, NOW + 1 + 1600))
    outcome = state.shared(PID).outcome("usage")
    assert outcome is not None
    assert outcome.wait == 1600 + RETRY_AFTER_PADDING
    assert outcome.retry_at >= NOW + 1 + 1600 + RETRY_AFTER_PADDING


def test_a_refused_login_rests_until_it_changes() -> None:
    """A new login is asked as if there had been no other."""
    state = asked(QuotaState(), HTTP, NOW, declined(Reason.REFUSED))
    assert due_probes(state, NOW + 3 * HOUR, {PID: (HTTP,)}) == ()
    renewed = HTTP._replace(credential="c2")
    assert due_probes(state, NOW + PACE[Kind.HTTP], {PID: (renewed,)})[0].source is renewed


def test_a_refused_login_that_does_not_show_is_tried_again() -> None:
    """Whether it is another by now cannot be told: Codex may keep it in a keyring."""
    hidden = CLI._replace(credential="")
    state = asked(QuotaState(), hidden, NOW, declined(Reason.REFUSED))
    assert due_probes(state, NOW + LONGEST_REST, {PID: (hidden,)}, explicit=True) == ()
    later = NOW + 1 + LONGEST_REST * (1 + JITTER)
    assert due_probes(state, later, {PID: (hidden,)})[0].source is hidden


def test_a_better_source_is_asked_again_when_its_rest_is_over() -> None:
    """Although a later one has answered in the meantime."""
    state = asked(QuotaState(), HTTP, NOW, declined(Reason.UNAVAILABLE))
    state = asked(state, CLI, NOW + 2, reading(0.5, NOW))
    assert due_at(state, NOW + 60) is None
    assert due_at(state, NOW + 1 + 180 * (1 + JITTER) + 1) == "usage"


def test_a_persons_own_question_skips_the_pace_and_nothing_else() -> None:
    """Not a back-off, and not the budget of the hour."""
    answered = asked(QuotaState(), HTTP, NOW, reading(0.5, NOW))
    assert due_at(answered, NOW + 2, explicit=True) == "usage"
    limited = asked(QuotaState(), HTTP, NOW, declined(Reason.RATE_LIMITED))
    assert due_at(limited, NOW + 2, explicit=True) == "cli"
    state = QuotaState()
    for second in range(HOURLY_BUDGET):
        state = asked(state, HTTP, NOW + 2 * second, reading(0.5, NOW))
    assert due_at(state, NOW + 60, explicit=True) == "file"
    assert due_at(state, NOW + HOUR, explicit=True) == "usage"


def test_a_clock_that_was_ahead_closes_nothing() -> None:
    """What it dated is passed over once it has stepped back."""
    state = asked(QuotaState(), HTTP, NOW + 2 * HOUR, declined(Reason.REFUSED))
    assert due_at(state, NOW) == "usage"


@given(st.lists(st.floats(0.0, 2 * HOUR), min_size=1, max_size=60), st.booleans())
def test_the_time_it_names_is_the_time_it_is_due(gaps: list[float], explicit: bool) -> None:
    """`soonest` and `due_probes` never disagree, so a process can sleep until then."""
    state, at = QuotaState(), NOW
    answers = itertools.cycle(
        (reading(0.5, at), declined(Reason.RATE_LIMITED), declined(Reason.CHANGED))
    )
    for gap in gaps:
        at += gap
        due = soonest(state, PID, at, ALL, explicit=explicit)
        assert due is not None
        assert bool(due_probes(state, at, {PID: ALL}, explicit=explicit)) == (due.at <= at)
        if due.at <= at:
            state = asked(state, due.source, at, next(answers))


@dataclass
class Endpoint:
    """A usage endpoint that blocks at times, and remembers who asked when."""

    retry_after: float | None
    blocked: tuple[tuple[float, float], ...]
    requests: list[tuple[float, float, str, bool]] = field(default_factory=list)

    def ask(self, source: Askable, at: float, took: float) -> Answer:
        """The answer to a request that began at `at`."""
        refused = source.kind is Kind.HTTP and any(a <= at < b for a, b in self.blocked)
        self.requests.append((at, at + took, source.name, not refused))
        if not refused:
            return reading(at % 97 / 97, at)
        return declined(
            Reason.RATE_LIMITED, at + took + self.retry_after if self.retry_after else None
        )


def day(seed: int, retry_after: float | None) -> Endpoint:
    """24 hours of 50 processes that use bhoga at random, and of which a few die while they ask."""
    chance = random.Random(seed)  # noqa: S311 -- nothing secret is drawn
    blocked = ((NOW + 4 * HOUR, NOW + 5.5 * HOUR), (NOW + 12 * HOUR, NOW + 12.2 * HOUR))
    endpoint = Endpoint(retry_after, blocked)
    state, order = QuotaState(), itertools.count()
    queue = [(NOW + chance.uniform(0, 600), next(order), pid, None) for pid in range(50)]
    heapq.heapify(queue)
    agenda: list[tuple[float, int, int, tuple[Due, Answer, float] | None]] = [*queue]
    while agenda and agenda[0][0] < NOW + 24 * HOUR:
        at, _, process, under_way = heapq.heappop(agenda)
        if under_way is not None:
            due, answer, begun = under_way
            state = fold(
                state,
                ended(
                    state,
                    due,
                    SOURCES[due.source.name],
                    answer,
                    asked=moment(begun),
                    dated_at=begun,
                    now=moment(at, next(order)),
                ),
            )
        # Whoever claims has the file's lock, so it sees all that was claimed before.
        explicit = chance.random() < 0.02
        for due in due_probes(state, at, {PID: (HTTP, CLI)}, explicit=explicit):
            claim = started(due, moment(at, next(order)))
            assert claim is not None
            state = fold(state, (claim,))
            took = chance.choice((0.3, 1.0, 9.0))
            answer = endpoint.ask(due.source, at, took)
            if chance.random() < 0.98:
                heapq.heappush(agenda, (at + took, next(order), process, (due, answer, at)))
        if under_way is None:
            heapq.heappush(agenda, (at + chance.expovariate(1 / 240), next(order), process, None))
    return endpoint


@pytest.mark.parametrize("retry_after", [None, 0.0, 1600.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_fifty_processes_together_stay_inside_the_budget(
    seed: int, retry_after: float | None
) -> None:
    """Over a day with 429s: at most 20 an hour, never two at once, and back after the block."""
    endpoint = day(seed, retry_after)
    begun = [at for at, _, _, _ in endpoint.requests]
    assert len(begun) > 100
    for at in begun:
        assert sum(at - HOUR < other <= at for other in begun) <= HOURLY_BUDGET
    for (_, end, _, _), (start, _, _, _) in itertools.pairwise(endpoint.requests):
        assert start >= end
    for _, lifted in endpoint.blocked:
        rest = max(LONGEST_REST, (retry_after or 0.0) + RETRY_AFTER_PADDING) * (1 + JITTER)
        served = [
            at
            for at, _, name, fine in endpoint.requests
            if name == "usage" and fine and at > lifted
        ]
        assert served[0] - lifted <= rest + 60
