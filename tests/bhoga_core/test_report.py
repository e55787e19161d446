"""What discovery tells of each source."""

from returns.result import Failure

from bhoga_core.events import ProbeEnded
from bhoga_core.probe import Kind, Place, ReadFile, RunCommand, Source
from bhoga_core.provider import Billing, Provider
from bhoga_core.quota import Outcome, QuotaState
from bhoga_core.reading import Answer, Declined, Malformed, Reading, Reason
from bhoga_core.reducers import fold
from bhoga_core.register import Stamp
from bhoga_core.report import UNASKED, ProviderReport, provider_report

NOW = 1_800_000_000.0  # 2027-01-15, 08:00 UTC


def unread(payload: bytes, at: float, zones: object) -> Answer:
    """No payload is read here."""
    del payload, at, zones
    return Failure(Malformed("not read here"))


def no_headers(headers: object, at: float) -> Reading:
    """No header is read here."""
    del headers, at
    return Reading()


PROVIDER = Provider(
    "mine",
    Billing.PLAN,
    {"anthropic": 1},
    (),
    no_headers,
    sources=(
        Source("first", RunCommand(("mine",)), unread),
        Source("second", ReadFile(Place("X", "", "x")), unread),
    ),
)


def report(*ends: tuple[str, Outcome], here: dict[str, Declined] | None = None) -> ProviderReport:
    """The report after these ends of probes."""
    events = [
        ProbeEnded("mine", outcome.at, Stamp(number, 0), source, outcome)
        for number, (source, outcome) in enumerate(ends, 1)
    ]
    state = fold(QuotaState(), events)
    return provider_report(state, PROVIDER, here or {}, ("a warning",), configured=True)


def test_a_source_that_was_never_asked_says_so() -> None:
    """With nothing in the places of times."""
    told = report()
    assert [it.reason for it in told.sources] == [UNASKED, UNASKED]
    assert (told.answered, told.at, told.took) == (None, None, None)
    assert told.sources[0].kind is Kind.CLI
    assert told.warnings == ("a warning",)


def test_the_source_that_answered_last_is_named() -> None:
    """With when, and how long it took."""
    told = report(
        ("first", Outcome("", "", NOW - 60, NOW + 9, 9.0, 0.5)),
        ("second", Outcome("", "", NOW - 6, NOW + 9, 9.0, 0.25)),
    )
    assert (told.answered, told.at, told.took) == ("second", NOW - 6, 0.25)
    assert [it.text for it in told.sources] == ["answered", "answered"]


def test_why_it_did_not_answer_comes_with_when_it_is_tried_again() -> None:
    """The instant stands beside the words, for each reader's own clock."""
    limited = Outcome("rate_limited", "", NOW - 60, NOW + 1920, 1800.0)
    told = report(("first", limited)).sources[0]
    assert (told.text, told.retry_at) == ("429: asked too often, by whatever program", NOW + 1920)


def test_a_changed_format_is_told_with_its_place() -> None:
    """So that a person can report it."""
    changed = Outcome("changed", "not a number at five_hour", NOW, NOW + 9, 9.0)
    text = report(("first", changed)).sources[0].text
    assert "not a number at five_hour" in text
    assert "upgrade" in text


def test_what_this_process_lacks_comes_before_what_others_found() -> None:
    """Another process may have a program that is not on PATH here."""
    declined = Declined(Reason.ABSENT, "mine is not on PATH")
    answered = Outcome("", "", NOW, NOW + 9, 9.0, 0.5)
    told = report(("first", answered), here={"first": declined}).sources[0]
    assert (told.reason, told.text) == ("absent", "mine is not on PATH")


def test_every_reason_has_words() -> None:
    """None is shown to a person as a word for machines."""
    for reason in Reason:
        text = report(("first", Outcome(reason, "", NOW, NOW, 9.0))).sources[0].text
        assert text
        assert text != reason
