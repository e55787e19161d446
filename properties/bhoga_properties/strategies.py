"""Hypothesis strategies for everything bhoga knows and everything that happens to it.

Lower-case names are functions whose keywords narrow one ingredient, itself given as a strategy:
`states(records=provider_quotas(provider_ids=st.just("claude_code")))`; upper-case ones are fixed
strategies and the pools they draw from. They are made to collide: names, stamps and instants come
often from small pools around `NOW`, so that equal stamps with different values, resets at the very
instant of the question and two limits of one name are common. The rest is wild: unicode, huge
numbers, any instant.
"""

from bhoga_properties.happenings import EVERY_KIND, HEADERS_RECEIVED, events
from bhoga_properties.ingredients import (
    ACCOUNTS,
    ASKED,
    CANONICAL_MODELS,
    DAY,
    FRACTIONS_USED,
    HOUR,
    INSTANTS,
    KINDS,
    MODELS,
    NAMES,
    NOW,
    PIDS,
    PLAIN_VALUES,
    PROVIDER_IDS,
    SCOPES,
    SOURCES,
    WINDOW_NAMES,
    evidences,
    stamps,
    windows,
)
from bhoga_properties.knowledge import KEYS, blocks, provider_quotas, states, strikes

__all__ = [
    "ACCOUNTS",
    "ASKED",
    "CANONICAL_MODELS",
    "DAY",
    "EVERY_KIND",
    "FRACTIONS_USED",
    "HEADERS_RECEIVED",
    "HOUR",
    "INSTANTS",
    "KEYS",
    "KINDS",
    "MODELS",
    "NAMES",
    "NOW",
    "PIDS",
    "PLAIN_VALUES",
    "PROVIDER_IDS",
    "SCOPES",
    "SOURCES",
    "WINDOW_NAMES",
    "blocks",
    "events",
    "evidences",
    "provider_quotas",
    "stamps",
    "states",
    "strikes",
    "windows",
]
