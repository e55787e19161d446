"""What the end of a probe makes known."""

from returns.result import Failure, Success

from bhoga_core.events import Event, ProbeEnded, QuotaObserved
from bhoga_core.polls import Moment, ended, started
from bhoga_core.probe import Kind, Place, ReadFile, Source
from bhoga_core.quota import QuotaState
from bhoga_core.reading import Answer, Malformed, Reading
from bhoga_core.reducers import fold
from bhoga_core.register import Stamp
from bhoga_core.schedule import Askable, Due
from bhoga_core.selection import assess_of
from bhoga_core.window import Window

NOW = 1_800_000_000.0
PID = "claude_code"
DUE = Due(PID, Askable("cli", Kind.CLI, 30.0, "c1"), NOW)


def unread(payload: bytes, at: float, zones: object) -> Answer:
    """No payload is read here: the answers are made up."""
    del payload, at, zones
    return Failure(Malformed("not read here"))


CLI = Source("cli", ReadFile(Place("X", "", "x")), unread)
FILE = Source("file", ReadFile(Place("X", "", "x")), unread, floor=True)


def moment(at: float) -> Moment:
    """An instant, stamped as a right clock would."""
    return Moment(at, Stamp(int(at * 1e6), 0))


def told(
    answer: Answer, source: Source = CLI, at: float = NOW, dated_at: float | None = None
) -> tuple[Event, ...]:
    """The events of a question at `at` that took two seconds."""
    return ended(
        QuotaState(),
        DUE,
        source,
        answer,
        asked=moment(at),
        dated_at=at if dated_at is None else dated_at,
        now=moment(at + 2),
        account="1f9a",
    )


def weekly(used: float, at: float = NOW) -> Answer:
    """An answer with one window."""
    window = Window("weekly", used, at, "", resets_at=NOW + 1000, length=604_800.0)
    return Success(Reading((window,), "max"))


def left(*events: Event) -> float:
    """The headroom after these events."""
    return assess_of(fold(QuotaState(), events), PID, "claude-opus-4", NOW + 9).headroom


def test_a_claim_holds_for_as_long_as_the_probe_may_take() -> None:
    """Its deadline, and a little to end and to write the answer down."""
    claim = started(DUE, moment(NOW))
    assert claim is not None
    assert claim.until == NOW + 38.0


def test_an_answer_is_a_complete_statement_of_its_source_and_login() -> None:
    """Dated by the question, under the name of the source."""
    end, observed = told(weekly(0.25))
    assert isinstance(end, ProbeEnded)
    assert end.outcome.reason == ""
    assert end.outcome.took == 2.0
    assert end.account == ""
    assert isinstance(observed, QuotaObserved)
    assert (observed.source, observed.plan, observed.account) == ("cli", "max", "1f9a")
    assert observed.stamp == moment(NOW).stamp
    assert {window.source for window in observed.windows} == {"cli"}


def test_an_answer_from_a_programs_cache_never_wins_over_what_was_learned_since() -> None:
    """It is dated by when it was true, although it arrived later."""
    fresh = told(weekly(0.9), at=NOW - 60)
    cached = told(weekly(0.1, NOW - 1800), dated_at=NOW - 1800)
    assert left(*fresh, *cached) == left(*cached, *fresh) == 0.1
    assert left(*cached) == 0.9


def test_what_a_cache_leaves_out_is_not_withdrawn() -> None:
    """A program's cache may lack the limit of a single model, which stands all the same."""
    fable = Window("weekly", 0.9, NOW, "", scope="fable", resets_at=NOW + 1000)
    both = told(Success(Reading((*weekly(0.2).unwrap().windows, fable))), at=NOW - 60)
    cached = told(weekly(0.2, NOW - 30), at=NOW - 1, dated_at=NOW - 30)
    state = fold(QuotaState(), (*both, *cached))
    assert assess_of(state, PID, "claude-fable-5", NOW).headroom == 0.1


def test_a_floor_is_dated_by_its_windows() -> None:
    """It says that at least so much is used: it raises what was known, and lowers nothing."""
    older, newer = told(weekly(0.5), at=NOW - 60), told(weekly(0.5), at=NOW + 1)
    floor = told(weekly(0.8, NOW - 30), FILE)
    assert left(*older, *floor) == 0.2
    assert left(*newer, *floor) == 0.5
    assert left(*told(weekly(0.1, NOW - 30), FILE), *older) == 0.5


def test_an_answer_of_an_unknown_form_is_said_to_have_changed() -> None:
    """With the place, so that a person can see what."""
    (end,) = told(Failure(Malformed("not a number", "five_hour.utilization")))
    assert isinstance(end, ProbeEnded)
    assert end.outcome[:2] == ("changed", "not a number at five_hour.utilization")
