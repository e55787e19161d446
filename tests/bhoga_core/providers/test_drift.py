"""Formats change without notice: no source may then read more left than there is, nor raise."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from returns.result import Failure, Success

from bhoga_core.assessment import UNKNOWN_HEADROOM, assess
from bhoga_core.events import Event, FloorObserved, QuotaObserved
from bhoga_core.naming import canonical_model
from bhoga_core.probe import Source
from bhoga_core.provider import Provider
from bhoga_core.providers import PROVIDERS
from bhoga_core.quota import QuotaState
from bhoga_core.reading import Answer, Declined, Malformed, Reading
from bhoga_core.reducers import apply
from bhoga_core.register import Stamp
from bhoga_core.window import EVERY_MODEL, Window
from bhoga_properties.drift import Drifted, Kind, drifts

AT = 1_800_000_000.0  # 2027-01-15T08:00:00Z
PAYLOADS = Path(__file__).parent / "payloads"

SLUGS = {
    ("claude_code", "oauth usage"): "oauth-usage",
    ("claude_code", "claude get_usage"): "get-usage",
    ("claude_code", "claude /usage"): "usage-text",
    ("claude_code", ".claude.json"): "claude-json",
    ("github-copilot", "copilot usage"): "copilot-usage",
    ("openai-codex", "codex app-server"): "app-server",
    ("openai-codex", "codex /status"): "status",
    ("openai-codex", "codex rollout"): "rollout",
}
"""How the fixtures of a source begin, by provider id and source name."""

SOURCES = [(provider, source) for provider in PROVIDERS for source in provider.sources]

MODELS = (
    *("claude-opus-4-6", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-fable-5"),
    *("gpt-5.3-codex", "gpt-5.3-codex-spark", "gpt-reserve", "o3"),
)
"""The models that are asked for besides those that a payload's own windows are scoped to."""


class Exemption(NamedTuple):
    """What a format allows, although less is then known to be used: of which sources, and why.

    `drift` is the pattern of the whole of what a variant says of itself.
    """

    sources: tuple[str, ...]
    drift: str
    why: str


ABSENT = "(dropped|nulled)"
USAGE_BODIES = ("oauth usage", "claude get_usage", ".claude.json")
EXEMPTIONS = (
    Exemption(
        ("copilot usage",),
        rf"quota_snapshots\.premium_interactions {ABSENT}",
        "a seat that states no premium requests was seen in 2025-12",
    ),
    Exemption(
        ("copilot usage",),
        rf"quota_snapshots\.agent-runs ({ABSENT}|of another type \((str|int)\))",
        "what is no object and of an unknown name is no quota",
    ),
    Exemption(
        USAGE_BODIES,
        rf"(.*\.)?five_hour {ABSENT}",
        "a plan may have no session, and the weekly window alone",
    ),
    Exemption(USAGE_BODIES, rf"(.*\.)?limits {ABSENT}", "answers before 2026-07 have no list"),
    Exemption(
        USAGE_BODIES,
        r"(.*\.)?display_name of a value that is not known",
        "it is a limit of another model, then",
    ),
    Exemption(
        USAGE_BODIES,
        r"(amber_ladder|seven_day_cowork) (dropped|nulled|of another type \((str|int)\))",
        "slots come and go, null for most, and what is no object and of a new name is no limit",
    ),
    Exemption(
        USAGE_BODIES,
        r"seven_day_cowork renamed \(seven_day_\w+\)",
        "it is the week of another model, then",
    ),
    Exemption(
        USAGE_BODIES,
        r"limits\[0\]\.scope\.surface of (another type .*|a value that is not known)",
        "an app is no model, so that its limit holds none back whatever it is called",
    ),
    Exemption(
        ("claude get_usage",),
        rf"(.*\.)?model_scoped {ABSENT}",
        "answers of 2026-08 have the limits of models elsewhere",
    ),
    Exemption(
        ("claude /usage",),
        r"line [0-9]+ dropped \(Current session.*\)",
        "a plan may have no session, and the weekly window alone",
    ),
    Exemption(
        ("codex /status",),
        r"line [0-9]+ dropped \(.* limit: .*\)",
        "a plan has the windows that it has",
    ),
    Exemption(
        ("codex app-server", "codex rollout"),
        r"(.*\.)?(ordinaryUsageAllowed|rate_limit_reached_type)"
        r" (dropped|nulled|renamed .*|moved .*)",
        "most answers have none, so nothing tells that it has another name or place",
    ),
    Exemption(
        ("codex app-server", "codex rollout"),
        rf"(.*\.)?(rateLimitsByLimitId(\.[^.]+)?|primary|secondary) {ABSENT}",
        "a plan has the limits and windows that it has, and older programs answer with one limit",
    ),
)
"""What is no drift. No window may then be read that the whole payload does not have, scope apart:
what an exemption lets through is a window left out, or one that is another model's.
"""


def fixtures(provider: Provider, source: Source) -> list[Path]:
    """The recorded answers of a source."""
    slug = SLUGS.get((provider.id, source.name), "")
    return sorted((PAYLOADS / provider.id.replace("-", "_")).glob(f"{slug}.*.*"))


RECORDED = [
    (provider, source, path) for provider, source in SOURCES for path in fixtures(provider, source)
]


def zones(name: str) -> tzinfo | None:
    """The zone of this name, as far as this machine has the data; its own is UTC."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, LookupError):
        return None


def windows_of(answer: Answer) -> tuple[Window, ...]:
    """The windows that were read: none of a refusal."""
    match answer:
        case Success(Reading(windows=windows)):
            return windows
        case _:
            return ()


def headrooms(
    provider: Provider, source: Source, answer: Answer, models: list[str | None]
) -> list[float]:
    """What is left for each model when nothing but this answer is known: -1.0 of a refusal."""
    windows, stamp = windows_of(answer), Stamp(int(AT * 1e6), 0)
    if not windows:
        return [UNKNOWN_HEADROOM for _ in models]
    event: Event = (
        FloorObserved(provider.id, AT, stamp, windows)
        if source.floor
        else QuotaObserved(provider.id, AT, stamp, source.name, windows)
    )
    state = apply(QuotaState(), event)
    return [
        assess(state.of(provider.id, canonical_model(model or EVERY_MODEL)), AT, model).headroom
        for model in models
    ]


class Fault(NamedTuple):
    """A drifted variant that is read wrongly: in what way, and whether the format allows it."""

    drifted: Drifted
    what: str
    exemption: Exemption | None = None

    def __str__(self) -> str:
        """What was done to the payload, and what came of it."""
        return f"{self.drifted}: {self.what}"


def faults(provider: Provider, source: Source, payload: bytes) -> Iterator[Fault]:
    """The drifted variants of a payload that are read wrongly.

    Where nothing was known, nothing can be overstated: of a payload that is refused as it is, or
    of a model that none of its windows is for.
    """
    whole = source.parse(payload, AT, zones)
    scopes = {window.scope for window in windows_of(whole)} - {EVERY_MODEL}
    models: list[str | None] = [None, *MODELS, *sorted(scopes)]
    there_is = headrooms(provider, source, whole, models)
    for drifted in drifts(payload):
        try:
            answer = source.parse(drifted.payload, AT, zones)
        except Exception as error:  # noqa: BLE001 - that nothing raises is the law
            yield Fault(drifted, f"raised {error!r}")
            continue
        match answer:
            case Success(Reading(windows=windows)):
                left = headrooms(provider, source, answer, models)
                more = [
                    f"{model or 'any'} {now} of {before}"
                    for model, before, now in zip(models, there_is, left, strict=True)
                    if now > before != UNKNOWN_HEADROOM
                ]
                if more:
                    exemption = exemption_of(source, drifted, {*windows_of(whole)}, {*windows})
                    yield Fault(drifted, f"overstated: {', '.join(more)}", exemption)
                if not windows:
                    yield Fault(drifted, "read without a window")
            case Failure(Malformed(reason=reason)) | Failure(Declined(reason=reason)):
                if not reason:
                    yield Fault(drifted, "refused without a reason")
            case _:
                yield Fault(drifted, f"answered {answer!r}")


def exemption_of(
    source: Source, drifted: Drifted, whole: set[Window], read: set[Window]
) -> Exemption | None:
    """What allows this variant, if all that is still read is read as it was."""
    if not {unscoped(window) for window in read} <= {unscoped(window) for window in whole}:
        return None
    for exemption in EXEMPTIONS:
        if source.name in exemption.sources and re.fullmatch(exemption.drift, str(drifted)):
            return exemption
    return None


def unscoped(window: Window) -> Window:
    """What a window says, whatever it is called and whichever model it is for."""
    return replace(window, name="", scope=EVERY_MODEL)


@pytest.mark.parametrize(
    ("provider", "source", "path"), RECORDED, ids=[path.name for _, _, path in RECORDED]
)
def test_drift_never_overstates(provider: Provider, source: Source, path: Path) -> None:
    """One changed thing gives the right numbers or fewer left, or a reason why there are none."""
    found = [
        str(fault)
        for fault in faults(provider, source, path.read_bytes())
        if fault.exemption is None
    ]
    assert not found, "\n".join([f"{len(found)} variants are read wrongly", *found[:40]])


def test_every_source_is_covered() -> None:
    """Each source has a place in the table, and a fixture that reads to windows."""
    assert {(provider.id, source.name) for provider, source in SOURCES} <= SLUGS.keys()
    for provider, source in SOURCES:
        read = [source.parse(path.read_bytes(), AT, zones) for path in fixtures(provider, source)]
        assert any(map(windows_of, read)), f"{source.name} has no fixture that can be read"


def test_every_fixture_is_of_a_source() -> None:
    """No recorded answer is left out because its name begins with none of the table's."""
    recorded = set(PAYLOADS.glob("*/*"))
    assert recorded == {path for _, _, path in RECORDED}


def test_enough_drifts_in_every_way() -> None:
    """At least 500 payloads have drifted, in each of the ways there are."""
    made = [drifted for _, _, path in RECORDED for drifted in drifts(path.read_bytes())]
    assert len(made) >= 500
    assert {drifted.kind for drifted in made} == set(Kind)


@pytest.mark.parametrize(
    "exemption",
    [each for each in EXEMPTIONS if any(source.name in each.sources for _, source in SOURCES)],
    ids=lambda exemption: exemption.drift,
)
def test_every_exemption_is_needed(exemption: Exemption) -> None:
    """An exemption that nothing makes use of hides what it was not made for."""
    found = (
        fault.exemption
        for provider, source, path in RECORDED
        if source.name in exemption.sources
        for fault in faults(provider, source, path.read_bytes())
    )
    assert exemption in found


@pytest.mark.parametrize(
    ("source", "path"),
    [(source, path) for _, source, path in RECORDED],
    ids=[path.name for _, _, path in RECORDED],
)
def test_further_drift_is_answered(source: Source, path: Path) -> None:
    """Nothing raises where two things have changed, and every refusal has a reason."""
    for once in islice(drifts(path.read_bytes()), 0, None, 60):
        for twice in islice(drifts(once.payload), 0, None, 60):
            match source.parse(twice.payload, AT, zones):
                case Success(Reading(windows=windows)):
                    assert windows, f"{once}, {twice}: read without a window"
                case Failure(Malformed(reason=reason)) | Failure(Declined(reason=reason)):
                    assert reason, f"{once}, {twice}: refused without a reason"
                case answer:
                    raise AssertionError(f"{once}, {twice}: answered {answer!r}")
