import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command

ran = []


def first_job():
    ran.append("first")


def broken_job():
    raise ValueError("the mail server is away")


def last_job():
    ran.append("last")


@pytest.fixture(autouse=True)
def _no_connection_closed(monkeypatch):
    """The test's own connection lives in a transaction; the clock would close it."""
    monkeypatch.setattr("config.management.commands.clock.close_old_connections", lambda: None)
    ran.clear()


def jobs(*names):
    return [f"{__name__}.{name}" for name in names]


def test_each_job_runs_once(settings):
    settings.PERIODIC_TASKS = jobs("first_job", "last_job")

    call_command("clock", "--once")

    assert ran == ["first", "last"]


def test_failing_job_is_logged_and_stops_no_other(settings, logged_errors):
    settings.PERIODIC_TASKS = jobs("broken_job", "last_job")

    call_command("clock", "--once")

    assert ran == ["last"]
    assert logged_errors[0].getMessage().endswith("broken_job failed")
    assert "the mail server is away" in str(logged_errors[0].exc_info[1])


@pytest.mark.django_db
def test_jobs_of_the_settings_can_be_run():
    call_command("clock", "--once")


def test_sigterm_ends_the_clock_cleanly(tmp_path):
    clock = subprocess.Popen(
        [sys.executable, "-c", CLOCK_WITHOUT_JOBS],
        cwd=settings.BASE_DIR,
        env={**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert clock.stdout.readline() == "ticking\n"

    clock.send_signal(signal.SIGTERM)

    assert clock.wait(timeout=5) == 0


CLOCK_WITHOUT_JOBS = """
import django
from django.conf import settings
from django.core.management import call_command
from config import periodic

django.setup()
periodic.tick = lambda: print("ticking", flush=True)
settings.PERIODIC_TASKS = ["config.periodic.tick"]
call_command("clock")
"""
