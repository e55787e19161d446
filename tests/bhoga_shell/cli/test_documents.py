"""What the command prints for programs, against the JSON Schemas that are shipped."""

import json
from collections.abc import Callable
from importlib.resources import files
from math import inf
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bhoga_shell.cli.documents import iso
from bhoga_shell.demo.backends import Backends

COMMANDS = {
    "best": ("best", "claude-opus-4", "gpt-5.4", "--json"),
    "why": ("why", "claude-opus-4", "--json"),
    "status": ("status", "--json"),
    "guard": ("guard", "claude-opus-4", "--min", "50", "--json"),
    "models": ("models", "--json"),
    "env": ("env", "claude-opus-4", "--json"),
    "apply": ("apply", "claude-opus-4", "--auxiliary", "--dry-run", "--json"),
    "refresh": ("refresh", "--json"),
    "doctor": ("doctor", "--json"),
}


def schema(kind: str) -> dict[str, Any]:
    """A schema as it is shipped."""
    text = files("bhoga_shell.cli").joinpath("schemas", f"{kind}.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def closed(part: Any) -> Any:
    """The schema without room for fields that it does not name."""
    if isinstance(part, list):
        return [closed(it) for it in part]
    if not isinstance(part, dict):
        return part
    told = {key: closed(value) for key, value in part.items()}
    if part.get("type") == "object" and "properties" in part:
        told["additionalProperties"] = False
    return told


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_schema_is_one(kind: str) -> None:
    """Of JSON Schema 2020-12."""
    Draft202012Validator.check_schema(schema(kind))


@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize("scenario", ["", "fresh", "exhausted", "scoped-exhausted", "rate-limited"])
def test_a_document_is_as_its_schema_says(
    bhoga: Any, furnished: Callable[[str], Backends], kind: str, scenario: str
) -> None:
    """With every field that it has, whatever is known; and nothing else is on stdout."""
    if scenario:
        furnished(scenario)
    document = json.loads(bhoga(*COMMANDS[kind]).stdout)
    Draft202012Validator(closed(schema(kind))).validate(document)
    assert (document["schema"], document["kind"]) == (1, kind)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("kind", COMMANDS)
def test_what_headers_and_hands_told_is_as_the_schema_says(bhoga: Any, kind: str) -> None:
    """A setting by hand has no reset, extra usage is a kind of its own."""
    document = json.loads(bhoga(*COMMANDS[kind]).stdout)
    Draft202012Validator(closed(schema(kind))).validate(document)


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_schema_refuses_what_is_none(kind: str) -> None:
    """So those tests can fail."""
    assert not Draft202012Validator(schema(kind)).is_valid({"schema": 1, "kind": kind})
    assert not Draft202012Validator(schema(kind)).is_valid([])


def test_an_instant_without_a_date_is_null() -> None:
    """Nothing raises, whatever a provider said."""
    assert [iso(at) for at in (None, inf, 1e18, -1e18)] == [None] * 4
    assert iso(1_800_000_000.9) == "2027-01-15T08:00:00+00:00"
