import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

COMPLETE = {
    "SECRET_KEY": "for-this-test-only-8sJk2Lq0vX4bNw7RtYc1ZpM5dGh9FaEu3iOx",
    "ALLOWED_HOSTS": "knutpunkt.example",
    "BASE_URL": "https://knutpunkt.example",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "DEFAULT_FROM_EMAIL": "Knutpunkt <kansli@knutpunkt.example>",
}


def load_production(tmp_path, print_setting="DEBUG", **environment):
    """Load the production settings in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", f"from config.settings import production; print(production.{print_setting})"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **COMPLETE, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_everything_set(tmp_path):
    done = load_production(tmp_path)

    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr


@pytest.mark.parametrize("name", COMPLETE)
def test_production_refuses_to_start_without(tmp_path, name):
    done = load_production(tmp_path, **{name: ""})

    assert done.returncode != 0
    assert f"Set {name} in the environment" in done.stderr


def test_production_refuses_a_short_secret(tmp_path):
    done = load_production(tmp_path, SECRET_KEY="hemligt")

    assert done.returncode != 0
    assert "SECRET_KEY needs 50 random characters" in done.stderr


def test_production_has_no_mailbox(tmp_path):
    assert "mailcatcher" not in load_production(tmp_path, "INSTALLED_APPS").stdout


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
@pytest.mark.django_db(transaction=True)
def test_sqlite_lets_readers_go_on_and_writers_queue():
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.transaction_mode == "IMMEDIATE"
    assert connection.get_connection_params()["timeout"] == 20


@pytest.mark.parametrize(("query", "options"), [("", "-c random_page_cost=1.1 -c jit=off"), ("?options=-c%20jit%3Don", "-c jit=on")])
def test_address_of_the_database_overrules_the_options(tmp_path, query, options):
    done = load_production(tmp_path, "DATABASES['default']['OPTIONS']['options']", DATABASE_URL=f"postgres://somewhere/knutpunkt{query}")

    assert done.stdout.strip() == options, done.stderr
