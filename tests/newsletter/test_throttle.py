import datetime
import time

import pytest
from django.core.management import call_command

from newsletter.services.throttle import HOUR, is_allowed


@pytest.fixture(params=["locmem.LocMemCache", "db.DatabaseCache"])
def _each_cache(request, db, settings):
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{request.param}", "LOCATION": "throttle_cache"}}
    call_command("createcachetable", verbosity=0)


@pytest.mark.usefixtures("_each_cache")
def test_limit_holds_for_the_whole_hour(monkeypatch):
    clock = [time.time() // HOUR * HOUR]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    monkeypatch.setattr("django.core.cache.backends.db.tz_now", lambda: datetime.datetime.fromtimestamp(clock[0], datetime.UTC))

    def ask(value="anna@kommun.example"):
        return is_allowed("address", value, limit=3)

    assert [ask() for _ in range(4)] == [True, True, True, False]
    clock[0] += HOUR - 60
    assert not ask()
    assert ask("bo@kommun.example")
    clock[0] += 60
    assert ask()
