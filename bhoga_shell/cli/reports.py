"""What discovery found, for people and for programs, and the one thing to do about it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bhoga_core.reading import Reason
from bhoga_core.report import UNASKED, ProviderReport, SourceReport
from bhoga_core.schedule import HOURLY_BUDGET
from bhoga_shell.cli.documents import Document, iso
from bhoga_shell.cli.words import NO_LOGIN, loose, moment

LOGINS: Mapping[str, str] = MappingProxyType(
    {
        "anthropic_api": "set ANTHROPIC_API_KEY",
        "claude_code": "run `claude` and log in with /login",
        "github-copilot": "run `gh auth login`, or set COPILOT_GITHUB_TOKEN",
        "openai-codex": "run `codex login`",
        "openai_api": "set OPENAI_API_KEY",
    }
)
"""How a person comes to a login of each provider."""

_RESTING = frozenset({Reason.RATE_LIMITED, Reason.UNAVAILABLE, Reason.TIMED_OUT})
"""Where a source is asked again later than it would have been."""

_LOG_IN = frozenset({Reason.ABSENT, Reason.NO_LOGIN, Reason.SCOPE, Reason.REFUSED})

_REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        Reason.EXPIRED: "start its own program once, which renews the login",
        Reason.UNAVAILABLE: "see whether the network and its proxy work, then `bhoga refresh`",
        Reason.TIMED_OUT: "see whether the network and its proxy work, then `bhoga refresh`",
        Reason.CHANGED: "upgrade bhoga",
        Reason.NO_SIGNAL: "use it once: there are numbers from the first answer on",
        Reason.UNSUPPORTED: "upgrade its program",
        Reason.OFF: "name the kind of probe in BHOGA_PROBES",
        Reason.ABANDONED: "`bhoga refresh` asks again",
        UNASKED: "`bhoga refresh` asks",
    }
)

# What most deserves to be mended comes first: a login that is there and does not work.
_URGENCY = (
    Reason.EXPIRED,
    Reason.REFUSED,
    Reason.SCOPE,
    Reason.NO_LOGIN,
    Reason.CHANGED,
    Reason.UNSUPPORTED,
    Reason.RATE_LIMITED,
    Reason.TIMED_OUT,
    Reason.UNAVAILABLE,
    Reason.NO_SIGNAL,
    UNASKED,
    Reason.ABANDONED,
    Reason.OFF,
    Reason.ABSENT,
)


def remedy(report: ProviderReport) -> str:
    """The one thing to do about a provider, `""` where there is nothing to mend.

    One source that answers is enough. A provider without sources tells in its responses.
    """
    login = LOGINS.get(report.provider_id, "log in")
    if not report.configured:
        return login
    if not report.sources or any(answers(source) for source in report.sources):
        return ""
    worst = _worst(report.sources)
    if worst.reason in _LOG_IN:
        return login
    if worst.reason == Reason.RATE_LIMITED:
        return "wait, and let fewer programs ask: it counts the questions of all of them"
    return _REMEDIES[worst.reason]


def answers(source: SourceReport) -> bool:
    """Whether its last probe was answered."""
    return source.reason == ""


def answered_since(report: ProviderReport, since: float) -> bool:
    """Whether a source of the provider has answered since a Unix second."""
    return report.at is not None and report.at >= since


def told(source: SourceReport, now: float) -> str:
    """How its last probe ended, and when it may be asked again where that is later than usual."""
    if source.reason not in _RESTING or source.retry_at is None or source.retry_at <= now:
        return source.text
    return f"{source.text}, next try {moment(source.retry_at, now)}"


def outcome(report: ProviderReport, since: float, now: float) -> str:
    """How a round of questions to a provider ended that began at `since` (Unix seconds)."""
    if not report.configured:
        return f"{NO_LOGIN}: {remedy(report)}"
    if not report.sources:
        return "nobody to ask: what is left is told by its responses"
    if answered_since(report, since):
        return f"{report.answered} answered{_in(report.took)}"
    failed = [source for source in report.sources if not answers(source)]
    if len(failed) == len(report.sources) or any((it.at or 0.0) >= since for it in failed):
        worst, others = _worst(failed), len(failed) - 1
        more = f" ({others} more: see `bhoga doctor`)" if others else ""
        return loose(f"{worst.name}: {told(worst, now)}{more}")
    return f"not asked again: at most {HOURLY_BUDGET} questions an hour"


def report_document(report: ProviderReport) -> Document:
    """A provider and its sources, as programs read it."""
    return {
        "provider_id": report.provider_id,
        "configured": report.configured,
        "answered": report.answered,
        "at": iso(report.at),
        "took": _rounded(report.took),
        "remedy": remedy(report),
        "warnings": [*report.warnings],
        "sources": [
            {
                "name": source.name,
                "kind": source.kind,
                "reason": source.reason,
                "text": source.text,
                "at": iso(source.at),
                "took": _rounded(source.took),
                "retry_at": iso(source.retry_at),
            }
            for source in report.sources
        ],
    }


def _worst(sources: Iterable[SourceReport]) -> SourceReport:
    """The one that most deserves to be mended."""
    return min(sources, key=lambda source: _URGENCY.index(source.reason))


def _in(seconds: float | None) -> str:
    return "" if seconds is None else f" in {seconds:.2f} s"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
