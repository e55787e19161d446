"""A provider as a value: its facts and its parsers. Adding one needs no other code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bhoga_core.probe import JsonAt, Pitfall, Source
from bhoga_core.reading import ObservationParser, Reading
from bhoga_core.window import WHOLE

HeaderParser = Callable[[Mapping[str, str], float], Reading]
"""Reads a response's headers (lower-case names) at a Unix second. Total: it never raises."""


class Billing(StrEnum):
    """How a provider is paid for."""

    PLAN = "plan"
    """A subscription: what is left unused is lost."""
    CREDITS = "credits"
    """A subscription that is counted in credits."""
    METERED = "metered"
    """Per token."""


class Credentials(NamedTuple):
    """Where a login of this provider shows, without reading a secret.

    `environment` are the variables that hold a key or token, `commands` the programs on PATH that
    hold a login of their own, `files` the login files, as (variable that names the folder, folder
    under the home directory when it is unset, file name).
    """

    environment: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    files: tuple[tuple[str, str, str], ...] = ()


NO_CREDENTIALS = Credentials()


@dataclass(frozen=True, slots=True, eq=False)
class Provider:
    """One provider. Two are the same only if they are one object: a parser has no other identity.

    `priorities` maps each model family it serves to its place in that family's hierarchy, 1 first.
    `header_prefixes` are the beginnings of the header names (lower case) that `read_headers`
    understands. `settable` are the windows that `set_quota` sets, with their lengths in seconds.
    `limits_each_model` says that its headers speak of the model of the request alone.

    `sources` are the ways to learn its quota, the best first. `account` is where the id of the
    login in use stands. `observe` reads what else a person's programs may hand over. `pitfalls`
    are the variables that make what the sources say untrue.
    """

    id: str
    billing: Billing
    priorities: Mapping[str, int]
    header_prefixes: tuple[str, ...]
    read_headers: HeaderParser
    credentials: Credentials = NO_CREDENTIALS
    settable: tuple[tuple[str, float | None], ...] = ((WHOLE, None),)
    limits_each_model: bool = False
    sources: tuple[Source, ...] = ()
    account: JsonAt | None = None
    observe: ObservationParser | None = None
    pitfalls: tuple[Pitfall, ...] = ()
