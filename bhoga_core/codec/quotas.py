"""Records to and from plain JSON values."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from returns.result import Failure, Success

from bhoga_core.codec.outcomes import (
    encode_attempt,
    encode_outcome,
    read_attempt,
    read_outcome,
)
from bhoga_core.codec.plain import (
    Fields,
    Json,
    UnreadableError,
    by_source,
    each,
    fields_of,
    inside,
    number,
    stamp,
    stamp_or_beginning,
    text,
    text_or,
    whole,
)
from bhoga_core.codec.registers import encode_register, read_register, register_or_none
from bhoga_core.codec.windows import encode_evidence, read_evidence
from bhoga_core.quota import (
    ATTEMPTS_KEPT,
    STRIKES_KEPT,
    Block,
    Outcome,
    ProviderQuota,
    Strike,
)
from bhoga_core.reading import Malformed
from bhoga_core.register import BEGINNING, Register, order_key
from bhoga_core.window import EVERY_MODEL

K = TypeVar("K", bound=tuple[object, ...])

_RECORD = frozenset(
    {
        *("provider_id", "model", "account", "evidence", "throttle", "strikes", "served"),
        *("served_from", "refusal", "plan", "polls", "outcomes", "attempts"),
    }
)
_BLOCK = frozenset({"status_code", "at", "until"})
_STRIKE = frozenset({"stamp", "at", "begun"})


def encode_quota(record: ProviderQuota) -> dict[str, Json]:
    """The record as plain JSON."""
    plain: dict[str, Json] = {"provider_id": record.provider_id}
    if record.model != EVERY_MODEL:
        plain["model"] = record.model
    if record.account:
        plain["account"] = record.account
    if record.evidence:
        plain["evidence"] = [encode_evidence(known) for known in record.evidence]
    plain |= _encode_gates(record)
    if record.plan is not None:
        plain["plan"] = {"stamp": [*record.plan.stamp], "value": record.plan.value}
    if record.polls:
        plain["polls"] = {source: [*asked] for source, asked in sorted(record.polls)}
    if record.outcomes:
        plain["outcomes"] = {
            source: encode_register(ended, encode_outcome)
            for source, ended in sorted(record.outcomes, key=lambda item: item[0])
        }
    if record.attempts:
        plain["attempts"] = [encode_attempt(attempt) for attempt in record.attempts]
    return plain


def decode_quota(value: object, path: str = "") -> Success[ProviderQuota] | Failure[Malformed]:
    """The record that `encode_quota` made this of; `path` is where it stands, for the refusal."""
    try:
        return Success(read_quota(value, path))
    except UnreadableError as refused:
        return Failure(refused.problem)


def read_quota(value: object, path: str) -> ProviderQuota:
    """The record at `path`; raises UnreadableError."""
    fields = fields_of(value, _RECORD, path)
    evidence = each(fields, "evidence", path, read_evidence) if "evidence" in fields else []
    if len(evidence) > 1:
        evidence.sort(key=lambda known: known.key)
        refuse_repeated([known.key for known in evidence], inside(path, "evidence"))
    return ProviderQuota(
        text(fields, "provider_id", path),
        text_or(fields, "model", path, EVERY_MODEL),
        text_or(fields, "account", path, ""),
        tuple(evidence),
        register_or_none(fields, "throttle", path, _block),
        _latest(fields, "strikes", path, _strike, STRIKES_KEPT),
        stamp_or_beginning(fields, "served", path),
        stamp_or_beginning(fields, "served_from", path),
        register_or_none(fields, "refusal", path, _block),
        register_or_none(fields, "plan", path, text),
        by_source(fields, "polls", path, stamp),
        by_source(fields, "outcomes", path, _register_of_outcome),
        _latest(fields, "attempts", path, read_attempt, ATTEMPTS_KEPT),
    )


def refuse_repeated(keys: Sequence[tuple[object, ...]], path: str) -> None:
    """Refuse two entries for one key, because either might be the one to believe."""
    if len(set(keys)) != len(keys):
        raise UnreadableError("two entries for one key", path)


def _encode_gates(record: ProviderQuota) -> dict[str, Json]:
    plain: dict[str, Json] = {}
    if record.throttle is not None:
        plain["throttle"] = encode_register(record.throttle, _encode_block)
    if record.strikes:
        plain["strikes"] = [_encode_strike(strike) for strike in record.strikes]
    if record.served != BEGINNING:
        plain["served"] = [*record.served]
    if record.served_from != BEGINNING:
        plain["served_from"] = [*record.served_from]
    if record.refusal is not None:
        plain["refusal"] = encode_register(record.refusal, _encode_block)
    return plain


def _encode_block(block: Block) -> Json:
    return {"status_code": block.status_code, "at": block.at, "until": block.until}


def _block(fields: Fields, name: str, path: str) -> Block:
    path = inside(path, name)
    inner = fields_of(fields.get(name), _BLOCK, path)
    return Block(
        whole(inner, "status_code", path), number(inner, "at", path), number(inner, "until", path)
    )


def _encode_strike(strike: Strike) -> Json:
    plain: dict[str, Json] = {"stamp": [*strike.stamp], "at": strike.at}
    if strike.begun is not None:
        plain["begun"] = [*strike.begun]
    return plain


def _strike(value: object, path: str) -> Strike:
    fields = fields_of(value, _STRIKE, path)
    begun = stamp(fields, "begun", path) if "begun" in fields else None
    return Strike(stamp(fields, "stamp", path), number(fields, "at", path), begun)


def _latest(
    fields: Fields, name: str, path: str, read: Callable[[object, str], K], kept: int
) -> tuple[K, ...]:
    """The set of the newest in a list that may be left out, in order."""
    if name not in fields:
        return ()
    listed = each(fields, name, path, read, kept)
    if len(listed) > 1:
        listed.sort(key=order_key)
        refuse_repeated(listed, inside(path, name))
    return tuple(listed)


def _register_of_outcome(fields: Fields, name: str, path: str) -> Register[Outcome]:
    return read_register(fields, name, path, read_outcome)
