"""The benchmarks, each on SQLite and on a throw-away PostgreSQL: ratios against a peer, and limits, within one run.

    .venv/bin/python scripts/bench.py [NAME …] [-- ARGUMENTS OF THE BENCHMARKS]

Results as JSON in var/benchmarks/. The exit status is 1 when a goal is not met.
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

import postgres

ROOT = Path(__file__).resolve().parents[1]


def main(arguments):
    names, _dashes, rest = (" ".join(arguments)).partition("--")
    chosen = names.split() or sorted(path.parent.name for path in (ROOT / "benchmarks").glob("*/__main__.py"))
    failed = []
    for name in chosen:
        without = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        failed += run(name, "sqlite", without, rest.split())
        with postgres.cluster() as environment:
            with psycopg.connect(host=environment["PGHOST"], user=environment["PGUSER"], dbname="postgres", autocommit=True) as server:
                server.execute("CREATE DATABASE knutpunkt")
            failed += run(name, "postgresql", environment, rest.split())
    return failed


def run(name, database, environment, arguments):
    print(f"\n━━━ {name} on {database}", flush=True)
    results = ROOT / "var" / "benchmarks" / f"{name}-{database}.json"
    command = [sys.executable, str(ROOT / "benchmarks" / name), "--json", str(results), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    return [f"{name} on {database}"] if done.returncode else []


if __name__ == "__main__":
    missed = main(sys.argv[1:])
    if missed:
        sys.exit(f"Goals not met: {', '.join(missed)}")
