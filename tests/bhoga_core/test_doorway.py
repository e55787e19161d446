"""Functions that are loaded when they are called."""

import pytest

from bhoga_core import naming
from bhoga_core.doorway import AtFirstCall


def test_it_answers_what_its_function_answers() -> None:
    """Called, it is that function."""
    family = AtFirstCall("bhoga_core.naming", "model_family")
    assert family("claude-opus-4") == "anthropic"
    assert family.function is naming.model_family


def test_what_is_not_there_is_said_at_the_first_call() -> None:
    """Naming a function loads nothing, so a wrong name shows when it is called."""
    with pytest.raises(ModuleNotFoundError):
        AtFirstCall("bhoga_core.nowhere", "read")()
    with pytest.raises(AttributeError):
        AtFirstCall("bhoga_core.naming", "nothing")()


def test_it_is_shown_by_what_it_names() -> None:
    """Whoever looks at a provider sees which function reads what."""
    assert repr(AtFirstCall("a.b", "read")) == "AtFirstCall('a.b', 'read')"
