"""What states and events are made of: instants, stamps, names, windows and their evidence."""

from dataclasses import replace

from hypothesis import strategies as st

from bhoga_core.evidence import Evidence
from bhoga_core.naming import canonical_model, scope_token
from bhoga_core.register import Register, Stamp
from bhoga_core.window import EVERY_MODEL, HEADERS, MANUAL, Window, WindowKind

NOW = 1_800_000_000.0
"""The Unix second the pools are built around: 2027-01-15, 08:00 UTC."""

HOUR = 3_600.0
DAY = 86_400.0

PROVIDER_IDS = ("anthropic_api", "claude_code", "github-copilot", "openai-codex", "openai_api")
WINDOW_NAMES = ("burst", "credits", "monthly", "quota", "requests", "tokens", "weekly")
SOURCES = ("claude_usage_api", "cli", "codex_rollout")
MODELS = ("claude-fable-5", "claude-opus-4", "claude-sonnet-4-5", "gpt-5.3-codex", "o3")

_OFFSETS = (0.0, -60.0, -900.0, -HOUR, -DAY, -7 * DAY, -41 * DAY, 60.0, 300.0, 5 * HOUR, 7 * DAY)

INSTANTS = st.one_of(
    st.sampled_from([NOW + offset for offset in _OFFSETS]),
    st.floats(NOW - 60 * DAY, NOW + 60 * DAY),
    st.sampled_from((4_102_444_800.0, 0.1, -1.5)),
)
"""Unix seconds: round distances from `NOW`, any fraction within 60 days of it, and oddities.

The oddities are the year 2100, the first second of 1970 and one before it.
"""

FRACTIONS_USED = st.one_of(
    st.sampled_from((0.0, 0.07, 0.5, 0.93, 0.995, 1.0, 1.25)),
    st.floats(0.0, 1.0),
    st.floats(1.0, 1e9),
)
"""Fractions used: from untouched over spent to far more than there was."""

CANONICAL_MODELS = st.one_of(
    st.sampled_from(MODELS), st.text(min_size=1, max_size=8).map(canonical_model).filter(bool)
)
"""Canonical model names: known ones, and any text that is one."""

SCOPES = st.one_of(st.just(EVERY_MODEL), CANONICAL_MODELS.map(scope_token))
"""What a limit covers: every model, or the token of one."""

ACCOUNTS = st.sampled_from(("", "", "", "1f9a0c3d"))
"""The account of a record: mostly none, else one and the same."""

NAMES = st.sampled_from(WINDOW_NAMES)
KINDS = st.sampled_from(WindowKind)
PIDS = st.sampled_from(PROVIDER_IDS)
ASKED = st.sampled_from(SOURCES)
"""The names of the sources that are polled."""

_COUNTS = st.none() | st.sampled_from((0.0, 100.0)) | st.floats(0.0, 1e18)
_LENGTHS = st.none() | st.sampled_from((60.0, 5 * HOUR, 7 * DAY)) | st.floats(1.0, 1e9)


def stamps(*, at: st.SearchStrategy[float] = INSTANTS) -> st.SearchStrategy[Stamp]:
    """Stamps of the instants `at`, none before the beginning; equal ones are common."""
    micros = at.map(lambda second: max(0, round(second * 1e6)))
    return st.builds(Stamp, micros, st.integers(0, 2))


def windows(
    *,
    names: st.SearchStrategy[str] = NAMES,
    scope: st.SearchStrategy[str] = SCOPES,
    sources: st.SearchStrategy[str] = ASKED,
    kinds: st.SearchStrategy[WindowKind] = KINDS,
    at: st.SearchStrategy[float] = INSTANTS,
) -> st.SearchStrategy[Window]:
    """Windows as a source reports them; only those whose source is `"manual"` may expire."""
    return st.builds(
        Window,
        names,
        FRACTIONS_USED,
        at,
        sources,
        kind=kinds,
        scope=scope,
        length=_LENGTHS,
        resets_at=st.none() | at,
        limit=_COUNTS,
        remaining=_COUNTS,
        expires_at=st.none() | at,
    ).map(lambda told: told if told.source == MANUAL else replace(told, expires_at=None))


def evidences(
    *,
    names: st.SearchStrategy[str] = NAMES,
    scope: st.SearchStrategy[str] = SCOPES,
    at: st.SearchStrategy[float] = INSTANTS,
) -> st.SearchStrategy[Evidence]:
    """Evidence with at least one register; every window in it bears its name and scope."""

    def registers(*sources: str) -> st.SearchStrategy[Register[Window]]:
        return st.builds(_learned, stamps(at=at), windows(sources=st.sampled_from(sources), at=at))

    setting = st.builds(_cleared, stamps(at=at)) | registers(MANUAL).map(_set_by_hand)
    return st.builds(
        _evidence,
        st.tuples(names, scope),
        st.none() | setting,
        st.none() | registers(HEADERS),
        st.none() | registers(*SOURCES),
        st.none() | registers("statusline"),
    ).filter(lambda known: any(known.stamps()))


def _learned(stamp: Stamp, window: Window) -> Register[Window]:
    return Register(stamp, window)


def _cleared(stamp: Stamp) -> Register[Window | None]:
    return Register(stamp, None)


def _set_by_hand(learned: Register[Window]) -> Register[Window | None]:
    return Register(learned.stamp, learned.value)


def _evidence(
    key: tuple[str, str],
    said: Register[Window | None] | None,
    seen: Register[Window] | None,
    asked: Register[Window] | None,
    floor: Register[Window] | None,
) -> Evidence:
    def of_this(told: Register[Window] | None) -> Register[Window] | None:
        return told and Register(told.stamp, replace(told.value, name=key[0], scope=key[1]))

    if said is not None and said.value is not None:
        said = Register(said.stamp, replace(said.value, name=key[0], scope=key[1]))
    return Evidence(*key, said, of_this(seen), of_this(asked), of_this(floor))


_LEAVES: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from((2**63, -1, 1, "*", "bhoga-state", "burst")),
)
_KEYS = st.text(max_size=8) | st.sampled_from(("version", "format", "quotas", "stamp")) | _LEAVES


def _nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4)


PLAIN_VALUES = st.recursive(_LEAVES, _nested, max_leaves=12)
"""Anything JSON can say and some that it cannot: NaN, infinity, keys that are no text."""
