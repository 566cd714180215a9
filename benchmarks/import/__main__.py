"""100,000 people with organisation and role, from a CSV file to done, with the ledger written.

    .venv/bin/python benchmarks/import [--rows 100000] [--stock-rows 5000] [--json FILE]

On the database that DATABASE_URL names, or a throw-away SQLite file. Each step runs in a process of its own, so that its memory is its
own, and is compared within the same run with

stock       django-import-export's ModelResource as it comes, on the first rows of the same file (three resources: a person, an address
            and a role are three models), with the ledger's triggers on;
bulk load   the database's own: SQLite's executemany or PostgreSQL's COPY of every row that the import wrote, ledger included, into
            the same tables with the triggers off.
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
GOALS = {
    "insert / stock": (20, "at least"),
    "insert / bulk load": (0.25, "at least"),
    "update / stock": (20, "at least"),
    "unchanged, rows/s": (10_000, "at least"),
    "memory, MB": (400, "at most"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--stock-rows", type=int, default=5_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="knutpunkt-benchmark-") as folder:
        results = measure(Path(folder), options.rows, options.stock_rows)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    print_table(results)
    sys.exit(not all(met(name, value) for name, value in results["ratios"].items() if name in GOALS))


def measure(folder, rows, stock_rows):
    def step(name, *arguments):
        environment = {**os.environ, "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings.dev", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(HERE / "steps.py"), name, *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        print(f"{name:<12}", *(f"{key} {value}" for key, value in found.items()), flush=True)
        return found

    file, changed, few, few_changed = (folder / name for name in ("people.csv", "changed.csv", "few.csv", "few-changed.csv"))
    step("write", rows, file, changed)
    step("write", stock_rows, few, few_changed)
    step("empty")
    steps = {
        "stock insert": step("stock", few),
        "stock update": step("stock", few_changed),
    }
    step("empty")
    steps |= {
        "insert": step("import", file),
        "unchanged": step("import", file),
        "update": step("import", changed),
    }
    steps["bulk load"] = step("bulk")
    speed = {name: found["rows_per_second"] for name, found in steps.items()}
    written = steps["insert"]["written_per_second"]
    ratios = {
        "insert / stock": round(speed["insert"] / speed["stock insert"], 1),
        "update / stock": round(speed["update"] / speed["stock update"], 1),
        "insert / bulk load": round(written / speed["bulk load"], 2),
        "insert / stock, people only": round(speed["insert"] / steps["stock insert"]["people_only_per_second"], 1),
        "unchanged, rows/s": speed["unchanged"],
        "memory, MB": max(steps[name]["memory_mb"] for name in ("insert", "unchanged", "update")),
        "longest wait of another writer, s": max(steps[name]["longest_wait"] for name in ("insert", "update")),
    }
    return {"database": steps["insert"]["database"], "rows": rows, "steps": steps, "ratios": ratios}


def met(name, value):
    goal, direction = GOALS[name]
    return value >= goal if direction == "at least" else value <= goal


def print_table(results):
    print(f"\n{results['database']}, {results['rows']} rows")
    for name, value in results["ratios"].items():
        goal = f"{GOALS[name][1]} {GOALS[name][0]}  {'met' if met(name, value) else 'NOT MET'}" if name in GOALS else ""
        print(f"  {name:<36} {value:>10}   {goal}")


if __name__ == "__main__":
    main()
