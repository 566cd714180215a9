"""Starts the system as a newcomer does (`make run`), looks at its pages, stops it, and sees that nothing is left.

    .venv/bin/python scripts/smoke.py

On a free port and with data of its own in a temporary folder. Needs Linux (/proc) to see what is left.
"""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

import ports

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"/": "<h1", "/admin/login/": 'name="password"', "/mailbox/": "data-mailbox-list"}
MAKE_RUN = ["make", "run"]
SERVE = [sys.executable, "scripts/serve.py"]


def main():
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # whoever started us may ignore them, and what we start would inherit that
    with tempfile.TemporaryDirectory(prefix="knutpunkt-smoke-") as var:
        rehearse(MAKE_RUN, "Ctrl-C", lambda system, terminal: os.killpg(system.pid, signal.SIGINT), var, PAGES)
        rehearse(SERVE, "SIGTERM", lambda system, terminal: system.terminate(), var)
        rehearse(SERVE, "SIGHUP", lambda system, terminal: os.killpg(system.pid, signal.SIGHUP), var)
        rehearse(SERVE, "a closed terminal", lambda system, terminal: terminal.close(), var)


def rehearse(command, way, stop, var, pages=()):
    """Start in a terminal of its own, look at the pages, stop in the given way, and look for what is left."""
    started, port, mark = time.monotonic(), ports.first_free(8100), str(uuid.uuid4())
    inner, outer = pty.openpty()
    system = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": var, "PORT": str(port), "KNUTPUNKT_SMOKE": mark},
        stdin=outer,
        stdout=outer,
        stderr=outer,
        start_new_session=True,
    )
    os.close(outer)
    terminal = os.fdopen(inner, errors="replace")
    output = read_until_announced(terminal)
    seconds = time.monotonic() - started
    for path in pages:
        look_at(f"http://{ports.LOOPBACK}:{port}{path}", pages[path], output)

    stop(system, terminal)
    try:
        system.wait(timeout=15)
    except subprocess.TimeoutExpired:
        fail(f"{way} did not stop it", output)
    left = processes_with(mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    if left:
        fail(f"{way} left {len(left)} processes behind", output)
    name = "make run" if command == MAKE_RUN else "scripts/serve.py"
    print(f"ok    {name}: answers after {seconds:.1f} s, and {way} leaves nothing behind", flush=True)


def read_until_announced(terminal):
    """Return the lines up to the end of the box that holds the addresses."""
    output = []
    with contextlib.suppress(OSError):  # a terminal that nobody writes to any more
        for line in terminal:
            output.append(line)
            if "└" in line:
                return output
    fail("it ended by itself", output)


def look_at(url, expected, output):
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as response:
            page = response.read().decode()
    except OSError as error:
        fail(f"{url}: {error}", output)
    if expected not in page:
        fail(f"{url} does not show {expected}", output)
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    print(f"ok    {url}: {' '.join(title[1].split()) if title else 'without a title'}", flush=True)


def processes_with(mark):
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue  # ended meanwhile, or somebody else's
    return found


def fail(message, output):
    sys.exit(f"{''.join(output)}\nFAIL  {message}")


if __name__ == "__main__":
    main()
