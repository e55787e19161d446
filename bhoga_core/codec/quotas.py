"""Records to and from plain JSON values."""

from collections.abc import Sequence

from returns.result import Failure, Success

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
from bhoga_core.quota import STRIKES_KEPT, Block, Fault, ProviderQuota, Strike
from bhoga_core.reading import Malformed
from bhoga_core.register import BEGINNING, Register, order_key
from bhoga_core.window import EVERY_MODEL

_RECORD = frozenset(
    {
        *("provider_id", "model", "account", "evidence", "throttle", "strikes", "served"),
        *("served_from", "refusal", "plan", "polls", "faults"),
    }
)
_BLOCK = frozenset({"status_code", "at", "until"})
_STRIKE = frozenset({"stamp", "at", "begun"})
_FAULT = frozenset({"reason", "retry_at"})


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
    if record.faults:
        plain["faults"] = {
            source: encode_register(fault, _encode_fault)
            for source, fault in sorted(record.faults, key=lambda item: item[0])
        }
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
    strikes = each(fields, "strikes", path, _strike, STRIKES_KEPT) if "strikes" in fields else []
    if len(strikes) > 1:
        strikes.sort(key=order_key)
        refuse_repeated(strikes, inside(path, "strikes"))
    return ProviderQuota(
        text(fields, "provider_id", path),
        text_or(fields, "model", path, EVERY_MODEL),
        text_or(fields, "account", path, ""),
        tuple(evidence),
        register_or_none(fields, "throttle", path, _block),
        tuple(strikes),
        stamp_or_beginning(fields, "served", path),
        stamp_or_beginning(fields, "served_from", path),
        register_or_none(fields, "refusal", path, _block),
        register_or_none(fields, "plan", path, text),
        by_source(fields, "polls", path, stamp),
        by_source(fields, "faults", path, _register_of_fault),
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


def _encode_fault(fault: Fault) -> Json:
    return {"reason": fault.reason, "retry_at": fault.retry_at}


def _register_of_fault(fields: Fields, name: str, path: str) -> Register[Fault]:
    return read_register(fields, name, path, _fault)


def _fault(fields: Fields, name: str, path: str) -> Fault:
    path = inside(path, name)
    inner = fields_of(fields.get(name), _FAULT, path)
    return Fault(text(inner, "reason", path), number(inner, "retry_at", path))
