"""A state as the text of its file, a line a record, and back."""

import json

from returns.result import Failure, Success

from bhoga_core.codec.plain import NewerVersion
from bhoga_core.codec.quotas import decode_quota, encode_quota
from bhoga_core.codec.states import FORMAT, STATE_VERSION, decode_state
from bhoga_core.quota import ProviderQuota, QuotaState, state_of
from bhoga_core.reading import Malformed
from bhoga_shell.log import log


class StateText:
    """Writes states and reads them, and remembers the lines.

    So a save costs what has changed, here or elsewhere, and not what is known.
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str, str], tuple[ProviderQuota, str]] = {}

    def of(self, state: QuotaState) -> bytes:
        """The file's content. Equal states have equal content, whichever way they came about.

        A record that could not be read back is left out with a warning: one of them would make
        the whole file unreadable.
        """
        lines: dict[tuple[str, str, str], tuple[ProviderQuota, str]] = {}
        for record in state.records():
            line = self._lines.get(record.key)
            if line is None or line[0] is not record:
                line = (record, _line(record))
            lines[record.key] = line
        self._lines = lines
        head = json.dumps({"format": FORMAT, "version": STATE_VERSION, "latest": state.latest})
        quotas = ",\n".join(line for _, line in lines.values() if line)
        return f'{head[:-1]}, "quotas": [\n{quotas}\n]}}\n'.encode()

    def parse(self, content: bytes) -> Success[QuotaState] | Failure[Malformed | NewerVersion]:
        """The state in the content of a file. Takes any bytes whatever and never raises.

        Lines that were written or read here before are taken for the records they were then. What
        is not laid out like a file of this version is read from scratch.
        """
        head, *lines = content.split(b"\n")
        if not head.endswith(b'"quotas": [') or lines[-2:] != [b"]}", b""]:
            return parse_state(content)
        parsed = parse_state(head + b"]}")
        if not isinstance(parsed, Success):
            return parsed
        known = {line: record for record, line in self._lines.values() if line}
        records: dict[tuple[str, str, str], tuple[ProviderQuota, str]] = {}
        for place, raw in enumerate(lines[:-2]):
            line = raw.decode("utf-8", "replace")
            if place < len(lines) - 3:  # all but the last
                line = line[:-1] if line.endswith(",") else ""
            record = known.get(line) or _record(line)
            if record is None or record.key in records:
                return parse_state(content)
            records[record.key] = (record, line)
        self._lines = records
        return Success(state_of((it for it, _ in records.values()), parsed.unwrap().latest))


def parse_state(content: bytes) -> Success[QuotaState] | Failure[Malformed | NewerVersion]:
    """The state in the content of a file. Takes any bytes whatever and never raises."""
    try:
        value: object = json.loads(content, object_pairs_hook=_fields)
    except (ValueError, RecursionError) as error:
        return Failure(Malformed(f"no JSON ({type(error).__name__})"))
    return decode_state(value)


def _record(line: str) -> ProviderQuota | None:
    try:
        value: object = json.loads(line, object_pairs_hook=_fields)
    except (ValueError, RecursionError):
        return None
    decoded = decode_quota(value)
    return decoded.unwrap() if isinstance(decoded, Success) else None


def _line(record: ProviderQuota) -> str:
    plain = encode_quota(record)
    match decode_quota(plain, record.provider_id):
        case Success():
            return json.dumps(plain, sort_keys=True)
        case Failure(problem):
            log().warning("not kept: %s at %s", problem.reason, problem.path)
            return ""


def _fields(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field occurs twice")
    return fields
