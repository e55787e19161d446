"""The profiles in which the laws are run; `HYPOTHESIS_PROFILE` picks one, `dev` by default."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "dev", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", deadline=None, max_examples=300)
settings.register_profile("nightly", deadline=None, max_examples=50_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
