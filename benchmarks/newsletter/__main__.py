"""How fast is the newsletter? As a share of what Postfix's own `smtp-source` brings into Postfix's `smtp-sink`.

    .venv/bin/python benchmarks/newsletter [--recipients 10000] [--json FILE]

So many recipients with a name of their own, a mail of some 30 kB in two parts, every row recorded. The database is the one that
DATABASE_URL names, emptied; without it a new SQLite file. Each measurement stands between two runs of `smtp-source -s 4` with mails
of the same size, and is compared with their mean. CPU is the worker's own, for each mail.

batches         windows and a journal, as delivered
strict          one mail at a time is being sent
plain Django    a loop that builds an EmailMultiAlternatives for each and sends it over one connection, recording nothing
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MISSING = "Skipped: Postfix's smtp-sink and smtp-source are not here (Debian: apt install postfix)."
LIMITS = {
    "share with batches": (0.8, "at least"),
    "share, strict": ({"sqlite": 0.45, "postgresql": 0.2}, "at least"),
    "CPU with batches, µs": (150, "at most"),
    "batches / plain Django": (10, "at least"),
}
PLAIN = 500  # mails are enough for the slow one


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    tools = [find("smtp-sink"), find("smtp-source")]
    if not all(tools):
        print(MISSING)
        return
    with tempfile.TemporaryDirectory(prefix="knutpunkt-benchmark-") as folder, sink(tools[0]) as port:
        results = measure(folder, port, tools[1], options.recipients)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    sys.exit(not print_table(results))


def find(program):
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")


@contextlib.contextmanager
def sink(program):
    """Run smtp-sink on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    unprivileged = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([program, *unprivileged, f"127.0.0.1:{port}", "1000"]) as process:
        try:
            for _attempt in range(50):
                with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()


def measure(folder, port, source, recipients):
    def step(name, *arguments):
        environment = {**os.environ, "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(HERE / "steps.py"), name, str(port), *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        print(f"{name:<8}", *(f"{key} {value}" for key, value in found.items()), flush=True)
        return found

    def yardstick():
        sizes = ["-s", "4", "-l", str(made["bytes"]), "-m", str(recipients)]
        started = time.perf_counter()
        subprocess.run([source, *sizes, "-f", "a@knutpunkt.example", "-t", "b@kommun.example", f"127.0.0.1:{port}"], check=True)
        speed = round(recipients / (time.perf_counter() - started))
        print(f"source   {speed} mails/s", flush=True)
        return speed

    made = step("make", recipients)
    yardstick()  # warms up
    before, found, shares = yardstick(), {}, {}
    for name in ("batches", "strict", "plain"):
        found[name] = step(name, recipients if name != "plain" else PLAIN)
        after = yardstick()
        shares[name] = round(found[name]["mails_per_second"] / statistics.mean([before, after]), 3)
        before = after
    ratios = {
        "share with batches": shares["batches"],
        "share, strict": shares["strict"],
        "share of plain Django": shares["plain"],
        "CPU with batches, µs": found["batches"]["cpu_us"],
        "CPU, strict, µs": found["strict"]["cpu_us"],
        "CPU of plain Django, µs": found["plain"]["cpu_us"],
        "batches / plain Django": round(found["batches"]["mails_per_second"] / found["plain"]["mails_per_second"], 1),
    }
    return {"database": made["database"], "recipients": recipients, "bytes": made["bytes"], "steps": found, "ratios": ratios}


def goal(results, name):
    value, direction = LIMITS[name]
    return (value[results["database"]] if isinstance(value, dict) else value), direction


def print_table(results):
    """Print the ratios, and return whether the goals are met."""
    met_all = True
    print(f"\n{results['database']}, {results['recipients']} recipients, {results['bytes']} bytes each")
    for name, value in results["ratios"].items():
        words = ""
        if name in LIMITS:
            limit, direction = goal(results, name)
            met = value >= limit if direction == "at least" else value <= limit
            met_all = met_all and met
            words = f"{direction} {limit}  {'met' if met else 'NOT MET'}"
        print(f"  {name:<28} {value:>8}   {words}")
    return met_all


if __name__ == "__main__":
    main()
