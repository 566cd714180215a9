"""The register's pages as it grows: the list, a filter through two relations, search, the palette, a contact's page.

    .venv/bin/python benchmarks/register [--sizes 120,100000,1000000] [--requests 30] [--json FILE]

On the database that DATABASE_URL names, which is emptied, or a throw-away SQLite file. One contact has two addresses, one
role and two visits; twenty share an organisation.
Whole requests through Django's test client, logged in, without network and browser. What counts is the ratio to
the smallest size within the same run: p95 of each page, in milliseconds and as a multiple.
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
GOALS = {"list": 4, "filter": 4, "search": 4, "palette": 2, "record": 2}  # times the smallest size
PALETTE_MS = 100  # up to 100,000 contacts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="120,100000,1000000", help="numbers of contacts, the smallest first")
    parser.add_argument("--requests", type=int, default=30, help="of each page, after three that don't count")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="knutpunkt-benchmark-") as folder:
        measured = {int(size): measure(folder, size, options.requests) for size in options.sizes.split(",")}
    results = compare(measured)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"measured": measured, "ratios": results}, indent=2) + "\n")
    sys.exit(not print_table(measured, results))


def measure(folder, size, requests):
    environment = {**os.environ, "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(HERE / "pages.py"), str(size), str(requests)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"{found['database']}, {size} contacts, filled in {found['seconds_to_fill']} s, index {found['seconds_to_index']} s", flush=True)
    return found


def compare(measured):
    smallest = measured[min(measured)]["p95"]
    larger = [size for size in measured if size != min(measured)]
    return {size: {page: round(p95 / smallest[page], 2) for page, p95 in measured[size]["p95"].items()} for size in larger}


def print_table(measured, ratios):
    """Print each page's p95 and ratio, and return whether the goals are met."""
    met = True
    for size, found in measured.items():
        for page, p95 in found["p95"].items():
            ratio = ratios.get(size, {}).get(page)
            too_slow = (ratio or 0) > GOALS[page] or (page == "palette" and size <= 100_000 and p95 > PALETTE_MS)
            met = met and not too_slow
            goal = f"{ratio:>6} ×   at most {GOALS[page]}" if ratio else ""
            print(f"  {size:>9}  {page:<8} {p95:>8} ms {goal}{'   NOT MET' if too_slow else ''}")
    return met


if __name__ == "__main__":
    main()
