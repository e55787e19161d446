"""Registers: how a fact that can change is kept, so that everything built of them merges lawfully.

A register is a value with the stamp of when it was learned. Merging two keeps the later stamp. That
is commutative, associative and idempotent, and so is the merge of any product of registers.
"""

from dataclasses import astuple, is_dataclass
from typing import Generic, NamedTuple, TypeVar, cast


class Stamp(NamedTuple):
    """A hybrid logical clock reading: integer microseconds since the Unix epoch, then a counter.

    Stamps order what was learned; they are never used to compute an age. The shell never issues
    one behind any it has seen, so a wall clock that steps back loses nothing.
    """

    micros: int
    counter: int

    def earlier(self, seconds: float) -> "Stamp":
        """This stamp moved back: the place of what was true `seconds` before it was learned."""
        return Stamp(max(0, self.micros - max(0, int(seconds * 1e6))), self.counter)


BEGINNING = Stamp(0, 0)
"""The stamp before every other."""

T = TypeVar("T")


class Register(NamedTuple, Generic[T]):
    """A value and the stamp of when it was learned."""

    stamp: Stamp
    value: T


def later(a: Register[T] | None, b: Register[T] | None) -> Register[T] | None:
    """The register learned later; `a` itself when `b` adds nothing.

    Of two with one stamp it is the one whose value is greater in `order_key`.
    """
    if b is None or a is b:
        return a
    if a is None or b.stamp > a.stamp:
        return b
    if b.stamp < a.stamp or a.value == b.value:
        return a
    return b if order_key(b.value) > order_key(a.value) else a


def order_key(value: object) -> tuple[object, ...]:
    """A total order over the values registers hold: None, numbers, text, records field by field.

    It exists to break the tie of two equal stamps the same way on every machine.
    """
    if value is None:
        return (0,)
    if isinstance(value, str):
        return (2, value)
    if isinstance(value, int | float):
        return (1, float(value))
    if is_dataclass(value) and not isinstance(value, type):
        return order_key(astuple(value))
    if isinstance(value, tuple):
        return (3, *map(order_key, cast("tuple[object, ...]", value)))
    raise TypeError(f"no order is defined for {type(value).__name__}")
