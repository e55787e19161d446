"""How a package opens when something is taken from it, not before."""

from collections.abc import Callable, Sequence
from importlib import import_module


def doorway(
    package: dict[str, object], names: Sequence[str], homes: Sequence[str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The `__getattr__` and the `__dir__` of a package that has `names` from its modules `homes`.

    `package` are its globals. A name is that of the first of these modules that has it.
    """

    def __getattr__(name: str) -> object:  # noqa: N807 -- what a module calls it
        if name in names:
            for home in homes:
                module = import_module(f"{package['__name__']}.{home}")
                if hasattr(module, name):
                    package[name] = getattr(module, name)
                    return package[name]
        raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")

    def __dir__() -> list[str]:  # noqa: N807 -- what a module calls it
        return sorted({*package, *names})

    return __getattr__, __dir__
