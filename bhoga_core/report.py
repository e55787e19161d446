"""What discovery found: for each provider which source answered, and why the others did not."""

from collections.abc import Mapping
from typing import NamedTuple

from bhoga_core.probe import Kind, Source
from bhoga_core.provider import Provider
from bhoga_core.quota import Outcome, QuotaState
from bhoga_core.reading import Declined, Reason

UNASKED = "unasked"
"""The `reason` of a source that has not been asked yet."""


class SourceReport(NamedTuple):
    """One source: how its last probe ended, in a word for machines and a clause for people.

    `reason` is `""` where it answered, a `Reason` where it did not, `"unasked"` before the first
    time. `at` (Unix seconds) is when that was, `took` the seconds it needed, `retry_at` (Unix
    seconds) from when it may be asked again; None where it was not asked. No instant stands in
    `text`: each reader has a clock of their own.
    """

    name: str
    kind: Kind
    reason: str
    text: str
    at: float | None = None
    took: float | None = None
    retry_at: float | None = None


class ProviderReport(NamedTuple):
    """One provider: the source that answered last, when (Unix seconds), and how long it took.

    `configured` says that a login or key shows on this machine. `warnings` are sentences about what
    makes its numbers lie. A provider without sources, such as an API with a key, has none here: it
    is known from the headers of its responses.
    """

    provider_id: str
    configured: bool
    answered: str | None
    at: float | None
    took: float | None
    sources: tuple[SourceReport, ...]
    warnings: tuple[str, ...]


def provider_report(
    state: QuotaState,
    provider: Provider,
    here: Mapping[str, Declined],
    warnings: tuple[str, ...],
    *,
    configured: bool,
) -> ProviderReport:
    """What is known of a provider's sources.

    `here` holds, by source, why this process could not ask it at all.
    """
    shared = state.shared(provider.id)
    reports = tuple(
        _source_report(source, shared.outcome(source.name), here.get(source.name))
        for source in provider.sources
    )
    answered = [it for it in reports if it.reason == "" and it.at is not None]
    last = max(answered, key=lambda it: it.at or 0.0, default=None)
    return ProviderReport(
        provider.id,
        configured,
        None if last is None else last.name,
        None if last is None else last.at,
        None if last is None else last.took,
        reports,
        warnings,
    )


def _source_report(source: Source, outcome: Outcome | None, here: Declined | None) -> SourceReport:
    if here is not None:
        text = here.detail or _WORDS[here.reason]
        return SourceReport(source.name, source.kind, here.reason.value, text)
    if outcome is None:
        return SourceReport(source.name, source.kind, UNASKED, "not asked yet")
    return SourceReport(
        source.name,
        source.kind,
        outcome.reason,
        _told(outcome),
        outcome.at,
        outcome.took,
        outcome.retry_at,
    )


def _told(outcome: Outcome) -> str:
    reason = outcome.reason
    if not reason:
        return "answered"
    words = _WORDS.get(reason, reason)
    if reason == Reason.CHANGED:
        return f"{words} ({outcome.detail})" if outcome.detail else words
    return outcome.detail or words


_WORDS: Mapping[str, str] = {
    Reason.ABSENT: "not on this machine",
    Reason.NO_LOGIN: "nobody is logged in",
    Reason.EXPIRED: "the login has expired: start the program once to renew it",
    Reason.SCOPE: "this login may not read usage: log in with the program itself",
    Reason.REFUSED: "the login was refused: log in again",
    Reason.RATE_LIMITED: "429: asked too often, by whatever program",
    Reason.UNAVAILABLE: "could not be reached",
    Reason.TIMED_OUT: "did not answer in time",
    Reason.CHANGED: "answered in a form that this bhoga does not know: upgrade bhoga",
    Reason.NO_SIGNAL: "answered without a number that means anything",
    Reason.UNSUPPORTED: "this version of the program does not know the question",
    Reason.OFF: "switched off",
    Reason.ABANDONED: "the process that asked ended before the answer came",
}
