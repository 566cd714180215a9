"""All checks, side by side: linters, import rules, templates, dependencies, Django's own checks, migrations, translations.

    .venv/bin/python scripts/check.py [--repair]

--repair formats what can be formatted instead of complaining about it.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PYTHON = sys.executable
LINES = 40  # of the output of one check

# Enough for production settings to load; none of it leads anywhere.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "checked-only-8sJk2Lq0vX4bNw7RtYc1ZpM5dGh9FaEu3iOxT6Qz",
    "ALLOWED_HOSTS": "knutpunkt.example",
    "BASE_URL": "https://knutpunkt.example",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "DEFAULT_FROM_EMAIL": "Knutpunkt <kansli@knutpunkt.example>",
}
DEVELOPMENT = {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}


def templates():
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*")) if path.suffix in (".html", ".txt")]


def html():
    return [path for path in templates() if path.endswith(".html")]


def checks():
    """Yield name, command and environment of each check; the slow ones first."""
    yield "makemigrations --check", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], DEVELOPMENT
    yield "check --deploy", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION
    yield "check", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"], DEVELOPMENT
    yield "translations", [PYTHON, "scripts/check_translations.py"], {}
    yield "djlint", [BIN / "djlint", "--lint", "--quiet", *html()], {}
    yield "import-linter", [BIN / "lint-imports", "--no-logo"], {}
    yield "deptry", [BIN / "deptry", "."], {}
    yield "djhtml", [BIN / "djhtml", "--tabwidth", "2", "--check", *html()], {}
    yield "djade", [BIN / "djade", "--target-version", "5.2", "--check", *html()], {}
    yield "ruff", [BIN / "ruff", "check"], {}
    yield "ruff format", [BIN / "ruff", "format", "--check"], {}
    yield "house rules", [PYTHON, "scripts/house_rules.py"], {}


def repairs():
    yield "ruff", [BIN / "ruff", "check", "--fix"], {}
    yield "ruff format", [BIN / "ruff", "format"], {}
    yield "djhtml", [BIN / "djhtml", "--tabwidth", "2", *html()], {}
    yield "djade", [BIN / "djade", "--target-version", "5.2", *html()], {}


def run(check):
    name, command, environment = check
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return name, done.returncode == 0, done.stdout.strip(), time.monotonic() - started


def check_all():
    """Run the checks side by side and return the names of those that failed."""
    failed = []
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        for name, passed, output, seconds in pool.map(run, checks()):
            print(f"{'ok  ' if passed else 'FAIL'}  {name}  ({seconds:.1f} s)", flush=True)
            if not passed:
                failed.append(name)
            if not passed or "note:" in output:
                show(output)
    return failed


def repair_all():
    """Run the repairs one after the other: two of them write the same files."""
    for name, _, output, _ in map(run, repairs()):
        print(name, flush=True)
        show(output)


def show(output):
    lines = output.splitlines()
    print(*(f"      {line}" for line in lines[:LINES]), sep="\n", flush=True)
    if len(lines) > LINES:
        print(f"      … and {len(lines) - LINES} lines more")


def main():
    if "--repair" in sys.argv[1:]:
        return repair_all()
    started = time.monotonic()
    failed = check_all()
    print(f"\n{'Failed: ' + ', '.join(failed) if failed else 'All well'} after {time.monotonic() - started:.0f} seconds.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
