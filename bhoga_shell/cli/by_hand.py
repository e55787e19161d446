"""What was set by hand, for people."""

from collections.abc import Iterable, Iterator
from time import time

from bhoga_core.assessment import standings
from bhoga_core.naming import canonical_model
from bhoga_core.quota import ProviderQuota
from bhoga_core.window import EVERY_MODEL, MANUAL
from bhoga_shell.cli.documents import iso


def told(quotas: Iterable[ProviderQuota], pid: str, model: str) -> Iterator[str]:
    """A line for each window of `pid` that was set by hand for `model` and counts now."""
    key = canonical_model(model)
    for record in quotas:
        if (record.provider_id, record.model) == (pid, key):
            for stands in standings((record,), time()):
                if stands.window.source == MANUAL:
                    whom = "" if key == EVERY_MODEL else f" for {key}"
                    expires = iso(stands.window.expires_at)
                    until = "until it is cleared" if expires is None else f"until {expires}"
                    percent = f"{round(stands.left * 100, 7):g}"
                    yield f"{pid}: {percent} % of {stands.window.name} left{whom}, {until}"


def set_for(quotas: Iterable[ProviderQuota], pid: str) -> Iterator[str]:
    """The models (`"*"` for all) for which something set by hand counts now."""
    for record in quotas:
        if record.provider_id == pid and any(
            stands.window.source == MANUAL for stands in standings((record,), time())
        ):
            yield record.model
