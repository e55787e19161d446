"""Loading when something is needed, not before: the names of a package, a single function."""

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any


class AtFirstCall:
    """The function `name` of `module`, which is imported when the function is called, not before.

    So a value can say which function reads something, and who never reads it does not load it. What
    a type checker cannot see is for a test to check: that the function is there, and that it takes
    what it is called with and answers what it should.
    """

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function itself. Raises ImportError or AttributeError where it is not there."""
        function: Callable[..., Any] = getattr(import_module(self._module), self._name)
        return function

    def __call__(self, *arguments: Any) -> Any:
        """Call it."""
        return self.function(*arguments)

    def __repr__(self) -> str:
        return f"AtFirstCall({self._module!r}, {self._name!r})"


def doorway(
    package: str, names: Sequence[str], homes: Sequence[str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package that has `names` from its modules `homes`.

    A name is that of the first of these modules that has it. A module of the package that is called
    like one of the names does not take its place when it is loaded.
    """
    opened = import_module(package)

    class Package(ModuleType):
        def __setattr__(self, name: str, value: object) -> None:
            if not (name in names and isinstance(value, ModuleType)):
                super().__setattr__(name, value)

    opened.__class__ = Package

    def __getattr__(name: str) -> object:  # noqa: N807 -- what a module calls it
        if name in names:
            for home in homes:
                module = import_module(f"{package}.{home}")
                if hasattr(module, name):
                    setattr(opened, name, getattr(module, name))
                    return getattr(module, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def __dir__() -> list[str]:  # noqa: N807 -- what a module calls it
        return sorted({*vars(opened), *names})

    return __getattr__, __dir__
