"""How a person wants to be routed: from arguments, then from the environment, then the default."""

from collections.abc import Mapping
from typing import TypeVar, get_args

from bhoga_core.policies import DEFAULTS, POLICIES, Metered, Policy, Preferences
from bhoga_shell import arguments

T = TypeVar("T")


def preferences_from(
    policy: str | Policy | None,
    metered: Metered | None,
    reserve: float,
    switch_margin: float,
    environ: Mapping[str, str],
) -> Preferences:
    """The preferences, with `BHOGA_POLICY` and `BHOGA_METERED` for what is None.

    Raises ValueError or TypeError that names the argument or the variable and what it takes.
    """
    return Preferences(
        _policy(policy, environ),
        arguments.fraction("reserve", reserve),
        _metered(metered, environ),
        arguments.fraction("switch_margin", switch_margin),
    )


def _policy(policy: str | Policy | None, environ: Mapping[str, str]) -> Policy:
    if policy is None:
        named = environ.get("BHOGA_POLICY", "").strip()
        return _among(POLICIES, "BHOGA_POLICY", named) if named else DEFAULTS.policy
    if isinstance(policy, str):
        return _among(POLICIES, "policy", policy)
    if not callable(policy):
        raise TypeError(f"policy is a {type(policy).__name__}; it takes a name or a function")
    return policy


def _metered(metered: Metered | None, environ: Mapping[str, str]) -> Metered:
    choices: dict[str, Metered] = {choice: choice for choice in get_args(Metered)}
    if metered is None:
        named = environ.get("BHOGA_METERED", "").strip()
        return _among(choices, "BHOGA_METERED", named) if named else DEFAULTS.metered
    return _among(choices, "metered", metered)


def _among(choices: Mapping[str, T], argument: str, value: object) -> T:
    if isinstance(value, str) and value in choices:
        return choices[value]
    raise ValueError(f"{argument} is {value!r}; it takes {', '.join(choices)}")
