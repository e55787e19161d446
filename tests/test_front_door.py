"""`bhoga`, the front door: what can be taken through it, and `python -m bhoga`."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import bhoga
import bhoga_core
import bhoga_shell
import bhoga_shell.clock


def test_the_list_of_names_is_sorted() -> None:
    """A new name has one place."""
    assert sorted(bhoga.__all__) == bhoga.__all__


@pytest.mark.parametrize("name", bhoga.__all__)
def test_every_name_is_one_of_the_two_packages(name: str) -> None:
    """Nothing is defined at the front door: each name is the very object behind it."""
    homes = [bhoga_shell, bhoga_core]
    assert any(getattr(bhoga, name) is getattr(home, name, None) for home in homes)


def test_the_clocked_forms_are_the_ones_exported() -> None:
    """Where both packages have a name, the front door gives the one that needs no `now`."""
    assert bhoga.calibrate is bhoga_shell.clock.calibrate
    assert bhoga.mark_throttled is bhoga_shell.clock.mark_throttled


def test_a_name_that_is_not_there() -> None:
    """It is an AttributeError, as in any module, even for a name that a package behind it has."""
    assert not hasattr(bhoga, "nonsense")
    assert not hasattr(bhoga, "select_best")


def test_the_names_are_listed() -> None:
    """`dir` shows them before they are used, for completion in a console."""
    assert set(bhoga.__all__) <= set(dir(bhoga))


def test_python_m_is_the_command() -> None:
    """`python -m bhoga` says what the `bhoga` command would."""
    run = subprocess.run(
        [sys.executable, "-m", "bhoga", "--help"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("Usage: bhoga ")


def test_the_version_is_the_packages() -> None:
    """What the package says of itself is what was installed."""
    assert bhoga.__version__ == version("bhoga")


def test_a_module_does_not_take_the_place_of_a_name() -> None:
    """`merge` and `codex_models` are functions, whichever of their modules was loaded before."""
    code = "import bhoga_core.merge, bhoga_shell.codex_models\n"
    code += "print(bhoga_core.merge.__name__, bhoga_shell.codex_models.__name__)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "merge codex_models\n"
