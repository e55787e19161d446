"""`check_quota`: what is left of one provider, asked now."""

import os

from bhoga_core.effects import BUILT_IN
from bhoga_core.merge import in_use
from bhoga_core.quota import ProviderQuota
from bhoga_core.register import BEGINNING
from bhoga_core.window import EVERY_MODEL
from bhoga_shell import arguments
from bhoga_shell.discovery import Discovery
from bhoga_shell.ledger import Ledger
from bhoga_shell.log import log
from bhoga_shell.probes.kinds import kinds_from


def check_quota(pid: str) -> ProviderQuota | None:
    """What is left of a provider, asked of its sources now, for the login in use and all models.

    Where all of them rest (one has said no, or the budget of the hour is spent) it is what was
    learned last, with its age in `evidence`. None, with the reasons logged, where nothing is known.
    What is learned goes to the state file of the moment (`BHOGA_STATE`). An API with a key has no
    sources: of it, only what its responses have told is known. Raises ValueError for an unknown
    provider, naming the known ones.
    """
    provider = BUILT_IN[arguments.provider_id(pid, BUILT_IN)]
    ledger = Ledger(None, BUILT_IN)
    ledger.load()
    discovery = Discovery(ledger, (provider,), kinds_from(None, os.environ), os.environ)
    for thread in discovery.run((pid,), explicit=True):
        thread.join()
    for record in in_use(ledger.state):
        if (record.provider_id, record.model) == (pid, EVERY_MODEL) and _tells(record):
            return record
    (report,) = discovery.report()
    for source in report.sources:
        log().warning("%s: %s: %s", pid, source.name, source.text)
    if not report.sources:
        log().warning("%s: no response was recorded and no quota was set", pid)
    return None


def _tells(record: ProviderQuota) -> bool:
    """Whether it says anything of the quota, beyond how probes went."""
    closed = (record.throttle, record.refusal, record.strikes)
    return bool(record.evidence) or any(closed) or record.served > BEGINNING
