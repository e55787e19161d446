"""Where other programs keep their files."""

from pathlib import Path

import pytest

from bhoga_core.probe import Place
from bhoga_shell.probes.places import locate, spelled

PLACE = Place("TOOL_HOME", ".tool", "auth.json")


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, "home/.tool/auth.json"),
        ({"TOOL_HOME": "  "}, "home/.tool/auth.json"),
        ({"TOOL_HOME": " ~/other "}, "home/other/auth.json"),
        ({"TOOL_HOME": "~"}, "home/auth.json"),
    ],
)
def test_the_variable_counts_if_it_says_something(
    tmp_path: Path, environ: dict[str, str], found: str
) -> None:
    """It is trimmed, `~` is the home directory, and without it the folder lies there."""
    assert locate(PLACE, environ) == tmp_path / found


def test_the_home_is_that_of_the_environment(tmp_path: Path) -> None:
    """As a program that is run with the same environment sees it, for `~` too."""
    home = {"HOME": str(tmp_path / "other"), "USERPROFILE": str(tmp_path / "other")}
    assert locate(PLACE, home) == tmp_path / "other/.tool/auth.json"
    assert locate(PLACE, home | {"TOOL_HOME": "~/x"}) == tmp_path / "other/x/auth.json"


def test_an_absolute_folder_is_itself(tmp_path: Path) -> None:
    """The home directory has no part in it."""
    assert locate(PLACE, {"TOOL_HOME": str(tmp_path)}) == tmp_path / "auth.json"


def test_the_folder_one_stands_in_is_a_folder() -> None:
    """A variable may say `.`, which has no parts."""
    assert locate(PLACE, {"TOOL_HOME": "."}) == Path("auth.json")


def test_a_place_may_be_the_folder_itself(tmp_path: Path) -> None:
    """Without a name it is the folder, and without a folder it is the home directory."""
    assert locate(Place("TOOL_HOME", ".tool", ""), {}) == tmp_path / "home/.tool"
    assert locate(Place("TOOL_HOME", "", "tool.json"), {}) == tmp_path / "home/tool.json"


def test_without_a_home_there_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home directory, and one who is none, are no error."""

    def none(_: type[Path]) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", classmethod(none))
    assert locate(PLACE, {}) is None
    assert locate(PLACE, {"TOOL_HOME": "~nobody-of-that-name/x"}) is None


def test_it_is_spelled_without_the_name_of_a_person() -> None:
    """The home directory often bears one: `~` and the variable say where it is as well."""
    assert spelled(PLACE, {}) == "~/.tool/auth.json"
    assert spelled(PLACE, {"TOOL_HOME": "/home/jane/x"}) == "$TOOL_HOME/auth.json"
    assert spelled(Place("TOOL_HOME", "", ""), {}) == "~"
