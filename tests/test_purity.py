"""The core is pure: what its source says, and what it loads."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import bhoga_core

CORE = Path(bhoga_core.__file__).parent

ALLOWED = {
    "bisect",
    "collections.abc",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "itertools",
    "math",
    "operator",
    "pyrsistent",
    "re",
    "returns.result",
    "types",
    "typing",
    "urllib.parse",
}
"""What a module of the core may import. Anything new is a decision: can it reach a clock, chance,
a file, the environment, a thread or the network?
"""

YAML = {"yaml", "yaml.error", "yaml.events", "yaml.nodes"}
"""What the one module that reads YAML may import besides. It hands PyYAML nothing but `str`."""

YAML_READER = "yaml_text/reading.py"

APART: Mapping[str, set[str]] = {
    YAML_READER: YAML,
    "payload.py": {"json"},
    "doorway.py": {"importlib"},
}
"""What single modules may import besides.

The readers turn text into values: `loads`, no `load`. The doorway imports modules of the core.
"""

REFUSED_NAMES = {
    "__builtins__",
    "__import__",
    "breakpoint",
    "compile",
    "eval",
    "exec",
    "input",
    "open",
    "print",
}

REFUSED_ATTRIBUTES = {"now", "today", "utcnow", "utcfromtimestamp"}

LOCAL_ZONE = {"astimezone": 1, "fromtimestamp": 2}
"""Methods of datetime that ask the machine for its zone when they get fewer arguments than this."""

DIRTY = (
    ("import os", "imports os"),
    ("def f() -> None:\n    import time", "imports time"),
    ("from threading import Lock", "imports threading"),
    ("from urllib import request", "imports urllib"),
    ("import urllib.request", "imports urllib.request"),
    ("from email.utils import parsedate", "imports email.utils"),
    ("import bhoga_shell.router", "imports bhoga_shell.router"),
    ("import yaml", "imports yaml"),
    ("from . import quota", "imports relatively"),
    ("open('state.json')", "uses open"),
    ("read = open", "uses open"),
    ("print(1)", "uses print"),
    ("eval('1')", "uses eval"),
    ("exec('1')", "uses exec"),
    ("__import__('os')", "uses __import__"),
    ("compile('1', '', 'eval')", "uses compile"),
    ("input()", "uses input"),
    ("breakpoint()", "uses breakpoint"),
    ("__builtins__['open']", "uses __builtins__"),
    ("from datetime import UTC, datetime\ndatetime.now(UTC)", "uses .now"),
    ("from datetime import date\nclock = date.today", "uses .today"),
    ("import datetime\ndatetime.datetime.utcnow()", "uses .utcnow"),
    ("from datetime import datetime\ndatetime.utcfromtimestamp(0)", "uses .utcfromtimestamp"),
    ("from datetime import datetime\ndatetime.fromtimestamp(0)", "asks for the local zone"),
    ("def f(at: object) -> object:\n    return at.astimezone()", "asks for the local zone"),
    ("count = 0\ndef f() -> None:\n    global count\n    count += 1", "uses global"),
)

STAYS_OUT_OF_THE_CORE = [
    "asyncio",
    "ctypes",
    "email",
    "http",
    "logging",
    "multiprocessing",
    "queue",
    "random",
    "secrets",
    "selectors",
    "signal",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "uuid",
    "yaml",
]

STAYS_OUT_OF_THE_FRONT_DOOR = [
    "asyncio",
    "click",
    "filelock",
    "http",
    "httpx",
    "httpx2",
    "multiprocessing",
    "rich",
    "ssl",
    "yaml",
]


def impurities(source: str, file_name: str) -> Iterator[str]:
    """What in a module's source breaks a rule, in words."""
    allowed = ALLOWED | APART.get(file_name, set())
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                imported = [alias.name for alias in node.names]
            case ast.ImportFrom(level=0, module=str(module)):
                imported = [module]
            case ast.ImportFrom():
                imported = []
                yield "imports relatively"
            case _:
                imported = []
        for name in imported:
            if name not in allowed and not name.startswith("bhoga_core."):
                yield f"imports {name}"
        yield from misuse(node)


def misuse(node: ast.AST) -> Iterator[str]:
    """What a node of a syntax tree uses that reaches outside, in words."""
    match node:
        case ast.Name(id=name) if name in REFUSED_NAMES:
            yield f"uses {name}"
        case ast.Attribute(attr=name) if name in REFUSED_ATTRIBUTES:
            yield f"uses .{name}"
        case ast.Call(func=ast.Attribute(attr=name)) if name in LOCAL_ZONE:
            if len(node.args) + len(node.keywords) < LOCAL_ZONE[name]:
                yield "asks for the local zone"
        case ast.Global():
            yield "uses global"
        case _:
            pass


def loaded_by(statement: str) -> set[str]:
    """The modules in a fresh interpreter after `statement`, with none from start-up files."""
    # -S keeps out what `.pth` files of the environment import at start-up, and with it the path to
    # an editable install: so the path is handed over.
    code = f"import sys; sys.path[:] = {sys.path!r}; {statement}; import json; "
    code += "print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    return set(json.loads(run.stdout))


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda p: str(p.relative_to(CORE)))
def test_a_module_of_the_core_is_pure(path: Path) -> None:
    """No module of the core imports or names what could reach outside it."""
    assert (
        list(impurities(path.read_text(encoding="utf-8"), path.relative_to(CORE).as_posix())) == []
    )


@pytest.mark.parametrize(("source", "impurity"), DIRTY, ids=[words for _, words in DIRTY])
def test_an_impurity_is_caught(source: str, impurity: str) -> None:
    """A module that breaks a rule is found out, so the test above can fail."""
    assert impurity in set(impurities(source, "quota.py"))


def test_clean_source_is_not_accused() -> None:
    """What the core does every day breaks no rule."""
    source = "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC)\nre.compile('a')"
    assert list(impurities(source, "quota.py")) == []


def test_only_the_yaml_reader_may_import_yaml() -> None:
    """PyYAML is allowed in the one module that reads YAML, and nothing else is allowed there."""
    assert list(impurities("import yaml", YAML_READER)) == []
    assert list(impurities("import os", YAML_READER)) == ["imports os"]


def test_every_allowed_import_is_used() -> None:
    """The list of allowed imports does not grow beyond what the core needs."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in CORE.rglob("*.py"))
    used = {name for name in ALLOWED if f"from {name} import " in source}
    used |= {name for name in ALLOWED if f"\nimport {name}\n" in source}
    assert used == ALLOWED


def test_the_core_loads_nothing_that_reaches_outside() -> None:
    """Importing the core brings in no thread, socket, process, log or chance."""
    assert loaded_by("from bhoga_core import *").isdisjoint(STAYS_OUT_OF_THE_CORE)


def test_the_providers_load_no_parser() -> None:
    """What is known of the providers is there without any function that reads an answer."""
    package = "bhoga_core.providers."
    loaded = {it for it in loaded_by("import bhoga_core.providers") if it.startswith(package)}
    names = {it.removeprefix(package) for it in loaded}
    packages = {it.name for it in (CORE / "providers").iterdir() if (it / "__init__.py").is_file()}
    assert names == {*packages, "openai_codex.environment"}


@pytest.mark.parametrize(
    "statement", ["import bhoga", "from bhoga import *", "from bhoga_shell import *"]
)
def test_the_front_door_loads_nothing_that_is_needed_later(statement: str) -> None:
    """Neither `import bhoga` nor all of its names bring in a package that only some calls need."""
    assert loaded_by(statement).isdisjoint(STAYS_OUT_OF_THE_FRONT_DOOR)


def test_the_front_door_opens_when_it_is_used() -> None:
    """`import bhoga` loads nothing behind it, and the first name that is asked for does."""
    behind = {"bhoga_core", "bhoga_shell", "pyrsistent"}
    assert loaded_by("import bhoga").isdisjoint(behind)
    assert behind <= loaded_by("import bhoga; bhoga.Router")


@pytest.mark.parametrize("name", ["threading", "socket", "ssl", "asyncio", "yaml"])
def test_a_loaded_module_is_seen(name: str) -> None:
    """A module that is imported shows in the list, and otherwise not, so those tests can fail."""
    assert name in loaded_by(f"import {name}")
    assert name not in loaded_by("pass")
