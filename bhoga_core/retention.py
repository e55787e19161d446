"""What is worth keeping: a state without what can never count again.

Nothing goes because it is old. It goes when no question that can still be asked would be answered
by it, or when it is so long over that hardly anybody would ask. A register that no longer counts
may still hide an older one, so the registers of one window go together or not at all.
"""

from collections.abc import Iterable

from bhoga_core.evidence import Evidence
from bhoga_core.quota import Block, ProviderQuota, QuotaState
from bhoga_core.register import BEGINNING, Register, Stamp
from bhoga_core.window import EVERY_MODEL, Window, WindowKind

SILENT_KEPT = 3_600.0
"""Seconds for which a rate that has ended is kept: a clock may have been that wrong."""

CLOSED_KEPT = 86_400.0
"""Seconds for which a setting that has expired and a pause that has ended are kept."""

REFUSAL_KEPT = 7 * 86_400.0
"""Seconds for which a refused login whose time has passed keeps its provider on probation."""

RESET_KEPT = 40 * 86_400.0
"""Seconds for which an allowance is presumed full after its reset: longer than any plan's month.

For as long it is remembered that a setting was taken back.
"""


def compact_state(state: QuotaState, now: float) -> QuotaState:
    """The state without what can never count again from `now` (Unix seconds) on.

    Every later assessment stays as it is, but for two: an allowance whose reset is `RESET_KEPT`
    past turns from presumed to unknown, and a provider whose login was refused `REFUSAL_KEPT` ago
    is no longer on probation. Returns `state` itself when all of it is worth keeping.
    """
    quotas = state.quotas.evolver()
    changed = False
    for provider_id, records in state.quotas.items():
        kept = _kept(records, now)
        if kept == records:
            continue
        changed = True
        if kept:
            quotas[provider_id] = kept
        else:
            del quotas[provider_id]
    return QuotaState(quotas.persistent(), state.latest) if changed else state


def _kept(records: tuple[ProviderQuota, ...], now: float) -> tuple[ProviderQuota, ...]:
    # Records for one model and for all hide each other's registers, so they are judged together.
    over = _keys_over([known for record in records for known in record.evidence], now)
    compacted = (_compacted(record, over, now) for record in records)
    return tuple(record for record in compacted if not _is_empty(record))


def _keys_over(evidence: Iterable[Evidence], now: float) -> set[tuple[str, str]]:
    """The windows of which no register can count again."""
    known = [*evidence]
    # What was seen holds a setting down for as long as it stands, even if it is only presumed.
    setting = any(
        it.said is not None and it.said.value is not None and now < it.said.value.ends_at
        for it in known
    )
    standing = {it.key for it in known if not _is_over(it, now, setting=setting)}
    return {it.key for it in known} - standing


def _is_over(evidence: Evidence, now: float, *, setting: bool) -> bool:
    told = (evidence.seen, evidence.asked, evidence.floor)
    return _setting_is_over(evidence.said, now) and all(
        register is None or _window_is_over(register.value, now, setting=setting)
        for register in told
    )


def _setting_is_over(said: Register[Window | None] | None, now: float) -> bool:
    if said is None:
        return True
    if said.value is None:
        return said.stamp < Stamp(int((now - RESET_KEPT) * 1e6), 0)
    return said.value.ends_at + CLOSED_KEPT <= now


def _window_is_over(window: Window, now: float, *, setting: bool) -> bool:
    if window.kind is WindowKind.RATE:
        return window.ends_at + SILENT_KEPT <= now
    return not setting and window.ends_at + RESET_KEPT <= now


def _compacted(record: ProviderQuota, over: set[tuple[str, str]], now: float) -> ProviderQuota:
    return ProviderQuota(
        record.provider_id,
        record.model,
        record.account,
        tuple(known for known in record.evidence if known.key not in over),
        _unended(record.throttle, now - CLOSED_KEPT),
        # All or none: a pause depends on how many came before the last.
        record.strikes if any(now < it.at + CLOSED_KEPT for it in record.strikes) else (),
        record.served,
        record.served_from,
        _unended(record.refusal, now - REFUSAL_KEPT),
        record.plan,
        record.polls,
        record.outcomes,
        tuple(it for it in record.attempts if now < it.at + CLOSED_KEPT),
    )


def _unended(block: Register[Block] | None, since: float) -> Register[Block] | None:
    # A clock that was wrong may have dated a block after its own end; neither may be to come.
    over = block is None or (block.value.until <= since and block.value.at <= since)
    return None if over else block


def _is_empty(record: ProviderQuota) -> bool:
    # That a provider has served is kept for all models: it is what shows it to be in use here.
    if record.model == EVERY_MODEL and record.latest > BEGINNING:
        return False
    told = (record.evidence, record.throttle, record.strikes, record.refusal, record.plan)
    return not any((*told, record.polls, record.outcomes, record.attempts))
