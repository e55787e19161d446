"""`check_quota`: what is known of one provider, looked up now."""

import logging
import os
import time

from bhoga_core.effects import BUILT_IN
from bhoga_core.quota import ProviderQuota
from bhoga_core.window import EVERY_MODEL
from bhoga_shell import arguments
from bhoga_shell.errors import StateError
from bhoga_shell.store import Store, default_path

log = logging.getLogger("bhoga")


def check_quota(pid: str) -> ProviderQuota | None:
    """What is known of a provider, from the state file of the moment (`BHOGA_STATE`).

    None, with the reason logged, when nothing is. No source of the provider itself is asked yet.
    Raises ValueError for an unknown provider.
    """
    arguments.provider_id(pid, BUILT_IN)
    try:
        state = Store(default_path(os.environ)).load(time.time())
    except StateError as problem:
        log.warning("%s", problem)
        return None
    for record in state.of(pid, EVERY_MODEL):
        return record
    log.info("%s: no response was recorded and no quota was set", pid)
    return None
