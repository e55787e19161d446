"""What the end of a probe makes known: how it ended, and what it said of the quota."""

from dataclasses import replace
from typing import NamedTuple

from returns.result import Failure, Success

from bhoga_core.events import (
    Event,
    FloorObserved,
    ProbeEnded,
    ProbeStarted,
    QuotaObserved,
    TurnRecorded,
)
from bhoga_core.probe import Kind, Source
from bhoga_core.quota import QuotaState
from bhoga_core.reading import Answer, Answered, Declined, Malformed, Reading, Reason
from bhoga_core.register import Stamp
from bhoga_core.schedule import GRACE, Due, conclude
from bhoga_core.window import EVERY_MODEL


class Moment(NamedTuple):
    """An instant: Unix seconds, and its place in the order of what was learned."""

    at: float
    stamp: Stamp


def started(due: Due, moment: Moment) -> ProbeStarted | None:
    """The claim that keeps everybody else from asking; None for a file, which anybody may read."""
    if due.source.kind is Kind.FILES:
        return None
    until = moment.at + due.source.timeout + GRACE
    return ProbeStarted(due.provider_id, moment.at, moment.stamp, due.source.name, until)


def observed(provider_id: str, told: Reading | Answered, moment: Moment) -> Event:
    """What was observed beside a probe: a response counts as one, anything else as a floor."""
    at, stamp = moment
    if isinstance(told, Answered):
        return TurnRecorded(
            provider_id, EVERY_MODEL, at, stamp, status_code=told.status_code, headers=told.headers
        )
    return FloorObserved(provider_id, at, stamp, told.windows)


def abandoned(due: Due, now: Moment) -> ProbeEnded:
    """The end of a probe whose process goes before the answer comes: nobody need wait for it."""
    declined = Declined(Reason.ABANDONED)
    outcome = conclude(
        declined, due.source, None, moved=False, asked_at=now.at, ended_at=now.at, stamp=now.stamp
    )
    return ProbeEnded(due.provider_id, now.at, now.stamp, due.source.name, outcome)


def ended(
    state: QuotaState,
    due: Due,
    source: Source,
    answer: Answer,
    *,
    asked: Moment,
    dated_at: float,
    now: Moment,
    account: str = "",
) -> tuple[Event, ...]:
    """The events of a probe's end at `now`: how it ended and, if it answered, what it said.

    `asked` is the moment of the question. `dated_at` is the Unix second at which the answer was
    true. It is earlier where a program answered from a cache: then the answer is dated back, so it
    never wins over what was learned since, and it is a floor, because what a cache leaves out need
    not be gone (Claude Code's lacks the limits of single models). `account` is a salted hash of
    the login that was asked.
    """
    said = _said(answer)
    before = state.shared(due.provider_id).outcome(source.name)
    outcome = conclude(
        said,
        due.source,
        before,
        moved=isinstance(said, Reading)
        and _moved(state, due.provider_id, source.name, account, said),
        asked_at=asked.at,
        ended_at=now.at,
        stamp=now.stamp,
    )
    finished = ProbeEnded(due.provider_id, now.at, now.stamp, source.name, outcome)
    if not isinstance(said, Reading):
        return (finished,)
    windows = tuple(replace(window, source=source.name) for window in said.windows)
    if source.floor:
        dated_at = min((window.observed_at for window in windows), default=dated_at)
    stamp = asked.stamp.earlier(asked.at - dated_at)
    if source.floor or dated_at < asked.at:
        return (finished, FloorObserved(due.provider_id, now.at, stamp, windows, account))
    told = QuotaObserved(due.provider_id, now.at, stamp, source.name, windows, said.plan, account)
    return (finished, told)


def _said(answer: Answer) -> Reading | Declined:
    match answer:
        case Success(reading):
            return reading
        case Failure(problem):
            if isinstance(problem, Malformed):
                return Declined(Reason.CHANGED, f"{problem.reason} at {problem.path or 'the top'}")
            return problem


def _moved(state: QuotaState, provider_id: str, source: str, account: str, said: Reading) -> bool:
    """Whether a source says something else than when it was asked last."""
    before = {
        known.key: register.value.used
        for record in state.quotas.get(provider_id, ())
        if record.account == account
        for known in record.evidence
        for register in (known.asked, known.floor)
        if register is not None and register.value.source == source
    }
    return before != {(window.name, window.scope): window.used for window in said.windows}
