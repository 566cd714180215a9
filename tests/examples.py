"""How many generated examples a test goes through."""

import os

from hypothesis import HealthCheck, settings


def many(examples):
    """So many examples, the same ones each time. FUZZ=20 in the environment makes it twenty times as many."""
    return settings(
        max_examples=examples * int(os.environ.get("FUZZ", "1")),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
