"""Registers to and from plain JSON: `{"stamp": [micros, counter], "value": …}`."""

from collections.abc import Callable
from typing import TypeVar

from bhoga_core.codec.plain import Fields, Json, fields_of, inside, required, stamp
from bhoga_core.register import Register

_REGISTER = frozenset({"stamp", "value"})

S = TypeVar("S")
T = TypeVar("T")


def encode_register(register: Register[S], value: Callable[[S], Json]) -> Json:
    """The register as plain JSON, its value by `value`."""
    return {"stamp": [*register.stamp], "value": value(register.value)}


def read_register(
    fields: Fields, name: str, path: str, read: Callable[[Fields, str, str], T]
) -> Register[T]:
    """The register in a field that must be there, its value by `read`."""
    path = inside(path, name)
    inner = fields_of(required(fields, name, path), _REGISTER, path)
    return Register(stamp(inner, "stamp", path), read(inner, "value", path))


def register_or_none(
    fields: Fields, name: str, path: str, read: Callable[[Fields, str, str], T]
) -> Register[T] | None:
    """The register in a field that may be left out."""
    return read_register(fields, name, path, read) if name in fields else None
