"""A state as the text of its file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success

from bhoga_core import QuotaState, merge
from bhoga_properties.strategies import states
from bhoga_shell.state_text import StateText, parse_state


@given(states(), states())
def test_what_is_written_is_read(first: QuotaState, second: QuotaState) -> None:
    """By who wrote it, by who has read it before, and by who meets it for the first time."""
    writer, reader = StateText(), StateText()
    for state in (first, merge(first, second), first):
        content = writer.of(state)
        for parsed in (writer.parse(content), reader.parse(content), parse_state(content)):
            assert parsed == Success(state)


@given(states())
def test_a_record_is_a_line(state: QuotaState) -> None:
    """The file is JSON, and can be read and compared line by line."""
    content = StateText().of(state)
    assert len(json.loads(content)["quotas"]) == len(state.records())
    assert content.count(b"\n") == max(1, len(state.records())) + 2


@given(states(), st.data())
def test_a_damaged_text_is_read_as_by_a_stranger(state: QuotaState, data: st.DataObject) -> None:
    """What is remembered never makes more of a text than it says."""
    text = StateText()
    content = text.of(state)
    at = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(at, min(len(content), at + 40)))
    damaged = (
        content[:at] + data.draw(st.sampled_from([b"", b"0", b"\n", b",", b"]}"])) + content[end:]
    )
    assert text.parse(damaged) == parse_state(damaged)


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"a": 1, "a": 2}'])
def test_what_is_no_state_is_refused(content: bytes) -> None:
    """Nothing raises, whatever the bytes."""
    assert isinstance(StateText().parse(content), Failure)
