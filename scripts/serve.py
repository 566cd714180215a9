"""Runs the whole system on this machine: web server, background worker, clock and mailbox. `make run` ends here.

    .venv/bin/python scripts/serve.py [--reload]

Everything listens on loopback only. --reload is for development: Django's own server, errors in the browser, and a
restart of what has changed.
"""

import argparse
import contextlib
import multiprocessing
import os
import re
import select
import shlex
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Printer

import ports

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.demo_users import DEMO_USERS  # noqa: E402 -- found only from here on

BY_REQUEST = (128 + signal.SIGINT, 128 + signal.SIGTERM)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reload", action="store_true", help="restart on changes; show errors in the browser")
    reload = parser.parse_args().reload
    sys.stdout.reconfigure(errors="replace", line_buffering=True)
    sys.exit(serve(ports.site_port(), reload=reload))


def serve(port, *, reload=False, env=None):
    """Run until somebody stops it or a process ends by itself; return the exit code. Nothing is left running."""
    mailbox_port = ports.first_free(8025)
    base_url = f"http://{ports.LOOPBACK}:{port}"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "BASE_URL": base_url,
        "EMAIL_URL": f"smtp://{ports.LOOPBACK}:{mailbox_port}",
        "DEBUG": str(reload),
        "PYTHONUNBUFFERED": "1",
        **(env or {}),
    }
    # Forked, the processes that honcho puts between us and ours inherit the handler: they outlive a closed terminal
    # long enough to report that what they watched has ended.
    multiprocessing.set_start_method("fork", force=True)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as it is under nohup
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))

    output = Output(sys.stdout)
    manager = Manager(output)
    for name, command in commands(port, mailbox_port, reload).items():
        manager.add_process(name, shlex.join([sys.executable, *command]), env=env, cwd=ROOT)
    multiprocessing.Process(target=accompany, args=(base_url,), daemon=True).start()
    try:
        manager.loop()
    finally:
        manager.kill()

    if manager.returncode in BY_REQUEST:
        output.say("Everything has been stopped.")
        return 0
    output.say(f"“{output.first_to_end}” has ended by itself; its last lines above say why. The others have been stopped too.")
    return 1


def commands(port, mailbox_port, reload):
    manage = ["manage.py"]
    web = ["-m", "granian", "--interface", "wsgi", "--host", ports.LOOPBACK, "--port", str(port)]
    web += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "3", "config.wsgi:application"]
    if reload:
        web = [*manage, "runserver", f"{ports.LOOPBACK}:{port}"]
    return {
        "web": web,
        "worker": [*manage, "db_worker", "--interval", "0.5", "--no-startup-delay", "--reload" if reload else "--no-reload"],
        "clock": [*manage, "clock"],
        "mailbox": [*manage, "mailbox", "--port", str(mailbox_port)],
    }


class Output(Printer):
    """Shows what the processes say, without honcho's own talk of process numbers."""

    first_to_end = ""

    def write(self, message):
        if message.name == SYSTEM_PRINTER_NAME:
            if not self.first_to_end and (ended := re.match(r"(\w+) stopped", message.data)):
                self.first_to_end = ended[1]
            return
        # The terminal may be closed, or the signal that ends us may have come in the middle of a line; stopping goes on.
        with contextlib.suppress(OSError, RuntimeError):
            super().write(message)

    def say(self, text):
        with contextlib.suppress(OSError):
            print(text, file=self.output, flush=True)


def accompany(base_url):
    """Say where the site is as soon as it answers; then watch over the terminal.

    Not every closed terminal sends SIGHUP to all that run in it, but every one hangs up.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    wait_until_answering(base_url)
    with contextlib.suppress(OSError):  # closed while the lines are written: the watch below still has to begin
        announce(base_url)
    terminal = select.poll()
    terminal.register(sys.stdout, 0)  # asked for nothing, poll() tells of a hang-up only
    terminal.poll()
    os.kill(os.getppid(), signal.SIGTERM)


def announce(base_url):
    places = {"The site": "/", "Log in": "/admin/", "Caught mail": "/mailbox/"}
    lines = [f"{name:<12} {base_url}{path}" for name, path in places.items()]
    lines += ["", f"Demo log-ins, password {DEMO_USERS[0].password}:"]
    lines += [f"{user.username:<12} {user.role}" for user in DEMO_USERS]
    lines += ["", "Ctrl-C stops everything; the data stays."]
    width = max(len(line) for line in lines)
    box = [f"│ {line:<{width}} │" for line in lines]
    print("", f"┌{'─' * (width + 2)}┐", *box, f"└{'─' * (width + 2)}┘", "", sep="\n", flush=True)


def wait_until_answering(base_url, seconds=60):
    """Return when the log-in page is there. A page of the site could be missing: somebody may have deleted the demo."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            return direct.open(f"{base_url}/admin/login/", timeout=10).close()
        except urllib.error.HTTPError as error:
            sys.exit(f"The site answers, but with an error ({error}).")
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{base_url} has not answered for {seconds} seconds.")


if __name__ == "__main__":
    main()
