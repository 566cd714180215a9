"""All figures of an operating year, as the register grows.

    .venv/bin/python benchmarks/figures [--activities 1000000] [--rounds 3] [--json FILE]

On the database that DATABASE_URL names, which is emptied, or a throw-away SQLite file. A tenth of the activities is of the year
that is counted; half of those are visits to companies in an Interreg project, and each activity has two participants.
What counts is the best of the rounds, in seconds: at most 2 on PostgreSQL and 5 on SQLite.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SECONDS = {"postgresql": 2, "sqlite": 5}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--activities", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="knutpunkt-benchmark-") as folder:
        found = measure(folder, options.activities, options.rounds)
    met = print_table(found)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({**found, "met": met}, indent=2) + "\n")
    sys.exit(not met)


def measure(folder, activities, rounds):
    environment = {**os.environ, "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(HERE / "counting.py"), str(activities), str(rounds)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def print_table(found):
    limit = SECONDS[found["database"]]
    met = found["seconds"] <= limit
    print(f"{found['database']}, {found['activities']} activities, filled in {found['seconds_to_fill']} s")
    for key, (value, seconds) in sorted(found["figures"].items(), key=lambda pair: -pair[1][1])[:8]:
        print(f"  {key:<40} {value!s:>8} {seconds:>8} s")
    print(f"  {'all figures':<40} {'':>8} {found['seconds']:>8} s   at most {limit}{'' if met else '   NOT MET'}")
    return met


if __name__ == "__main__":
    main()
