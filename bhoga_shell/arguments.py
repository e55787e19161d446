"""Checks of what a caller passed: each names the argument, its value, and what is accepted."""

from collections.abc import Collection, Iterable
from math import isfinite
from numbers import Real
from operator import index
from typing import SupportsIndex, cast

LONGEST_MODEL = 256
"""Characters of the longest model name that is taken: names are kept in the state file."""


def provider_id(pid: object, known: Collection[str]) -> str:
    """`pid` if it is one of the `known` ids. Raises TypeError or ValueError."""
    if not isinstance(pid, str):
        raise TypeError(f"pid is {_shown(pid)}; it takes one of {_listed(known)}")
    if pid not in known:
        raise ValueError(f"pid is {_shown(pid)}; it takes one of {_listed(known)}")
    return pid


def model_name(model: object) -> str:
    """`model` if it is text. Raises TypeError."""
    if not isinstance(model, str):
        raise TypeError(f"model is {_shown(model)}; it takes a model's name as a str")
    if len(model) > LONGEST_MODEL:
        raise ValueError(f"model has {len(model)} characters; it takes at most {LONGEST_MODEL}")
    return model


def model_names(models: object) -> list[str]:
    """`models` as names, if it is a sequence of at least one. Raises TypeError or ValueError."""
    if isinstance(models, bytes) or not isinstance(models, Iterable):
        raise TypeError(f"model is {_shown(models)}; it takes a model's name or several")
    names = [model_name(name) for name in cast("Iterable[object]", models)]
    if not names:
        raise ValueError("model is empty; it takes at least one model's name")
    return names


def percentage(name: str, value: object) -> float:
    """`value` as a percentage, 0-100. Raises TypeError or ValueError."""
    number = _real(name, value, "a percentage from 0 to 100")
    if not 0 <= number <= 100:
        raise ValueError(f"{name} is {_shown(value)}; it takes a percentage from 0 to 100")
    return number


def fraction(name: str, value: object) -> float:
    """`value` as a fraction, 0.0-1.0. Raises TypeError or ValueError."""
    number = _real(name, value, "a fraction from 0.0 to 1.0")
    if not 0 <= number <= 1:
        raise ValueError(f"{name} is {_shown(value)}; it takes a fraction from 0.0 to 1.0")
    return number


def seconds(name: str, value: object) -> float | None:
    """`value` as seconds above 0, or None. Raises TypeError or ValueError."""
    if value is None:
        return None
    number = _real(name, value, "seconds above 0, or None")
    if number <= 0:
        raise ValueError(f"{name} is {_shown(value)}; it takes seconds above 0, or None")
    return number


def instant(name: str, value: object) -> float | None:
    """`value` as Unix seconds, or None. Raises TypeError or ValueError."""
    return None if value is None else _real(name, value, "Unix seconds, or None")


def count(name: str, value: object) -> int:
    """`value` as a whole number from 0. Raises TypeError or ValueError."""
    number = _whole(name, value, "a whole number from 0")
    if number < 0:
        raise ValueError(f"{name} is {_shown(value)}; it takes a whole number from 0")
    return number


def status(value: object) -> int:
    """`value` as an HTTP status code. Raises TypeError or ValueError."""
    number = _whole("status_code", value, "an HTTP status from 100 to 599")
    if not 100 <= number <= 599:
        raise ValueError(f"status_code is {number}; it takes an HTTP status from 100 to 599")
    return number


def _whole(name: str, value: object, accepted: str) -> int:
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise TypeError(f"{name} is {_shown(value)}; it takes {accepted}")
    return index(value)


def _real(name: str, value: object, accepted: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {_shown(value)}; it takes {accepted}")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise ValueError(f"{name} is {_shown(value)}; it takes {accepted}")
    return number


def _listed(known: Collection[str]) -> str:
    return ", ".join(sorted(known))


def _shown(value: object) -> str:
    """The value, short enough for a line, or its type where it has no simple form."""
    if value is None or isinstance(value, str | int | float):
        text = repr(value)
        return text if len(text) <= 60 else f"{text[:57]}..."
    return f"a {type(value).__name__}"
