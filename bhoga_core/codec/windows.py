"""Windows, and the evidence that is kept of them, to and from plain JSON values."""

from bhoga_core.codec.plain import (
    Fields,
    Json,
    UnreadableError,
    fields_of,
    inside,
    number,
    number_or_none,
    text,
    text_or,
)
from bhoga_core.codec.registers import encode_register, register_or_none
from bhoga_core.evidence import Evidence
from bhoga_core.register import Register
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

_WINDOW = frozenset(
    {
        *("name", "used", "observed_at", "source", "kind", "scope", "length"),
        *("resets_at", "limit", "remaining", "expires_at"),
    }
)
_EVIDENCE = frozenset({"name", "scope", "said", "seen", "asked", "floor"})
_KINDS = {kind.value: kind for kind in WindowKind}


def encode_window(window: Window) -> dict[str, Json]:
    """The window as plain JSON."""
    plain: dict[str, Json] = {
        "name": window.name,
        "used": window.used,
        "observed_at": window.observed_at,
        "source": window.source,
    }
    if window.kind is not WindowKind.ALLOWANCE:
        plain["kind"] = window.kind.value
    if window.scope != EVERY_MODEL:
        plain["scope"] = window.scope
    if window.length is not None:
        plain["length"] = window.length
    if window.resets_at is not None:
        plain["resets_at"] = window.resets_at
    if window.limit is not None:
        plain["limit"] = window.limit
    if window.remaining is not None:
        plain["remaining"] = window.remaining
    if window.expires_at is not None:
        plain["expires_at"] = window.expires_at
    return plain


def read_window(value: object, path: str) -> Window:
    """The window at `path`; raises UnreadableError."""
    fields = fields_of(value, _WINDOW, path)
    kind = WindowKind.ALLOWANCE
    if "kind" in fields:
        named = _KINDS.get(text(fields, "kind", path))
        if named is None:
            raise UnreadableError("not a kind of window", inside(path, "kind"))
        kind = named
    return Window(
        text(fields, "name", path),
        number(fields, "used", path),
        number(fields, "observed_at", path),
        text(fields, "source", path),
        kind,
        text_or(fields, "scope", path, EVERY_MODEL),
        number_or_none(fields, "length", path),
        number_or_none(fields, "resets_at", path),
        number_or_none(fields, "limit", path),
        number_or_none(fields, "remaining", path),
        number_or_none(fields, "expires_at", path),
    )


def encode_evidence(evidence: Evidence) -> dict[str, Json]:
    """The evidence as plain JSON; of a setting that was taken back only the stamp is written."""
    plain: dict[str, Json] = {"name": evidence.name}
    if evidence.scope != EVERY_MODEL:
        plain["scope"] = evidence.scope
    if evidence.said is not None:
        plain["said"] = _encode_said(evidence.said)
    if evidence.seen is not None:
        plain["seen"] = encode_register(evidence.seen, encode_window)
    if evidence.asked is not None:
        plain["asked"] = encode_register(evidence.asked, encode_window)
    if evidence.floor is not None:
        plain["floor"] = encode_register(evidence.floor, encode_window)
    return plain


def _encode_said(said: Register[Window | None]) -> Json:
    if said.value is None:
        return {"stamp": [*said.stamp]}
    return {"stamp": [*said.stamp], "value": encode_window(said.value)}


def read_evidence(value: object, path: str) -> Evidence:
    """The evidence at `path`; raises UnreadableError."""
    fields = fields_of(value, _EVIDENCE, path)
    return Evidence(
        text(fields, "name", path),
        text_or(fields, "scope", path, EVERY_MODEL),
        register_or_none(fields, "said", path, _window_or_none),
        register_or_none(fields, "seen", path, _window),
        register_or_none(fields, "asked", path, _window),
        register_or_none(fields, "floor", path, _window),
    )


def _window(fields: Fields, name: str, path: str) -> Window:
    return read_window(fields.get(name), inside(path, name))


def _window_or_none(fields: Fields, name: str, path: str) -> Window | None:
    return _window(fields, name, path) if name in fields else None
