"""All that is known of one window: its registers, and which of them counts when it is read.

Nothing is ever deleted by a timer. Which register counts is decided from `now`, so the same
evidence gives the same answer in every process, whatever the order in which it arrived.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bhoga_core.register import BEGINNING, Register, Stamp, later
from bhoga_core.window import EVERY_MODEL, SAME_RESET, WHOLE, Standing, Window, standing


@dataclass(frozen=True, slots=True)
class Evidence:
    """Up to four registers of one window, one per way of knowing it.

    `said` was set by hand (an empty one was cleared). `seen` came with a response and is stamped
    with the request's start where that is known. `asked` is a poll's answer, stamped with the
    moment of the question. `floor` comes from an undated source that repeats old numbers: it is
    ordered by reset, then by use, and keeps the stamp at which those numbers first came.
    """

    name: str
    scope: str = EVERY_MODEL
    said: Register[Window | None] | None = None
    seen: Register[Window] | None = None
    asked: Register[Window] | None = None
    floor: Register[Window] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The window's identity inside its record: name and scope."""
        return (self.name, self.scope)

    def stamps(self) -> Iterator[Stamp]:
        """The stamps of the registers that are filled."""
        for register in (self.said, self.seen, self.asked, self.floor):
            if register is not None:
                yield register.stamp


def join_evidence(a: Evidence, b: Evidence) -> Evidence:
    """What the two together know of one window; `a` itself when `b` adds nothing."""
    said = later(a.said, b.said) if b.said else a.said
    seen = later(a.seen, b.seen) if b.seen else a.seen
    asked = later(a.asked, b.asked) if b.asked else a.asked
    floor = _higher(a.floor, b.floor) if b.floor else a.floor
    if said is a.said and seen is a.seen and asked is a.asked and floor is a.floor:
        return a
    return Evidence(a.name, a.scope, said, seen, asked, floor)


def _higher(a: Register[Window] | None, b: Register[Window]) -> Register[Window]:
    if a is None or a is b:
        return b
    rank_a = (a.value.resets_at or 0.0, a.value.used)
    rank_b = (b.value.resets_at or 0.0, b.value.used)
    if rank_a != rank_b:
        return a if rank_a > rank_b else b
    # Equal numbers are a repetition: the first reception is the one that dates them.
    if a.stamp == b.stamp:
        return later(a, b) or b
    return a if a.stamp < b.stamp else b


def over(a: Evidence, b: Evidence, now: float) -> Evidence:
    """The evidence for one model: `a`, kept for that model alone, over `b`, kept for all.

    A setting for the model shadows the one for all; what was seen or asked counts by its stamp.
    """
    joined = join_evidence(b, a)
    said = a.said if _standing_said(a, now) is not None else b.said
    return Evidence(a.name, a.scope, said, joined.seen, joined.asked, joined.floor)


def counting(
    evidence: Evidence,
    now: float,
    polls: tuple[tuple[str, Stamp], ...] = (),
    seen_last: Stamp = BEGINNING,
) -> Standing | None:
    """What counts at `now` (Unix seconds) of one window, or None when nothing known still does.

    `polls` are the last complete answers of each source; `seen_last` is the latest stamp at which a
    response told anything of this provider that still stands, which a setting for the provider as
    a whole (`WHOLE`) gives way to. The order: what was *said*, unless something *seen* later
    still stands; else the later of *seen* and *asked*, raised to *floor*.
    """
    seen = evidence.seen
    if seen is not None and evidence.said is evidence.asked is evidence.floor is None:
        return standing(seen.value, now)  # by far the most frequent case
    stands = _counting(evidence, now, polls, seen_last)
    if stands is None:
        return None
    # Any register that ends may change which one counts, so the answer holds no longer than that.
    for register in (evidence.said, evidence.seen, evidence.asked, evidence.floor):
        if register is not None and register.value is not None:
            end = register.value.ends_at
            if now < end < stands.holds_until:
                stands = stands._replace(holds_until=end)
    return stands


def _counting(
    evidence: Evidence, now: float, polls: tuple[tuple[str, Stamp], ...], seen_last: Stamp
) -> Standing | None:
    seen = evidence.seen
    said = _standing_said(evidence, now)
    if said is not None and evidence.said is not None:
        if evidence.name == WHOLE:
            if seen_last <= evidence.said.stamp:
                return said
        elif seen is None or seen.stamp <= evidence.said.stamp or standing(seen.value, now) is None:
            return said
    known = seen
    asked = evidence.asked
    if asked is not None and not _withdrawn(asked, polls):
        known = later(seen, asked)
    if evidence.floor is not None:
        known = _raised(known, evidence.floor)
    return None if known is None else standing(known.value, now)


def _standing_said(evidence: Evidence, now: float) -> Standing | None:
    said = evidence.said
    return None if said is None or said.value is None else standing(said.value, now)


def _withdrawn(asked: Register[Window], polls: tuple[tuple[str, Stamp], ...]) -> bool:
    return any(source == asked.value.source and asked.stamp < stamp for source, stamp in polls)


def _raised(known: Register[Window] | None, floor: Register[Window]) -> Register[Window]:
    if known is None:
        return floor
    if floor.stamp <= known.stamp:
        return known
    reset, floor_reset = known.value.resets_at, floor.value.resets_at
    if reset is None or floor_reset is None or abs(floor_reset - reset) <= SAME_RESET:
        return floor if floor.value.used > known.value.used else known
    return floor if floor_reset > reset else known
