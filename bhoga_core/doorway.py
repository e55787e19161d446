"""How a package opens when something is taken from it, not before."""

from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType


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
