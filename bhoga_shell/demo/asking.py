"""How the stand-in programs ask the backends, and read the files that they keep.

They are started for one question, so that nothing is imported here that takes long to load.
"""

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TypeGuard

BACKENDS_VARIABLE = "BHOGA_DEMO_BACKENDS"
"""The environment variable that holds the origin of the backends."""

_LOOPBACK = "http://127.0.0.1:"


def ask(
    method: str,
    path: str,
    headers: "Mapping[str, str]",
    body: "Mapping[str, object] | None" = None,
    timeout: float | None = None,
) -> "tuple[int, str, str, bytes]":
    """The status, its reason, the content type and the body of an answer. Raises OSError.

    `timeout` is in seconds, for each wait.
    """
    import http.client  # noqa: PLC0415 (most runs need no connection)

    connection = http.client.HTTPConnection("127.0.0.1", _port(), timeout=timeout)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {**headers, "Content-Type": "application/json"})
        response = connection.getresponse()
        kind = response.getheader("content-type", "")
        return response.status, response.reason, kind, response.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def origin() -> str:
    """The origin of the backends. Exits when there is none, or it is not on this machine."""
    return f"{_LOOPBACK}{_port()}"


def _port() -> int:
    origin = os.environ.get(BACKENDS_VARIABLE, "")
    port = origin.removeprefix(_LOOPBACK)
    if port == origin or not port.isdecimal():
        sys.exit(f"{BACKENDS_VARIABLE} must be {_LOOPBACK}<port>: this is a stand-in of bhoga's")
    return int(port)


def members(value: object) -> "dict[str, Any]":
    """`value`, if it is a JSON object, else an empty one."""
    return value if _is_object(value) else {}


def items(value: object) -> "list[Any]":
    """`value`, if it is a JSON array, else an empty one."""
    return value if _is_array(value) else []


def _is_object(value: object) -> "TypeGuard[dict[str, Any]]":
    return isinstance(value, dict)


def _is_array(value: object) -> "TypeGuard[list[Any]]":
    return isinstance(value, list)


def decoded(text: str | bytes) -> "Any":
    """The JSON value in `text`, None if it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def read_object(path: str) -> "dict[str, Any]":
    """The JSON object in a file, an empty one if there is none."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (pathlib takes as long to load as the rest)
            return members(decoded(file.read()))
    except OSError:
        return {}


def write_object(path: str, value: "Mapping[str, object]") -> None:
    """Replace the JSON object in a file."""
    beside = f"{path}.{os.getpid()}.tmp"
    with open(beside, "w", encoding="utf-8") as file:  # noqa: PTH123 (as above)
        json.dump(value, file)
    os.replace(beside, path)  # noqa: PTH105 (as above)


def objects_on_stdin() -> "Iterator[dict[str, Any]]":
    """The JSON objects that come in, one a line, until stdin is closed."""
    for line in sys.stdin.buffer:
        found = members(decoded(line))
        if found:
            yield found


def say(line: str) -> None:
    """Write a line to stdout at once, in UTF-8 whatever the locale."""
    sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.buffer.flush()


def complain(line: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(f"{line}\n")
