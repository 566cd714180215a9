"""Runs a command with a throw-away PostgreSQL cluster that is gone afterwards.

    .venv/bin/python scripts/postgres.py .venv/bin/python -m pytest

The cluster lives in a temporary folder, listens on a socket in that folder only, and is as quick as it is careless.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

MISSING = """\
PostgreSQL's server programs (initdb, pg_ctl) were not found, neither on PATH nor in /usr/lib/postgresql.

    Debian, Ubuntu:   sudo apt install postgresql
    Fedora:           sudo dnf install postgresql-server
    macOS:            brew install postgresql@17"""

# Nothing has to survive a power cut here.
OPTIONS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses="]
# Upper and lower case of å, ä and ö, as on a real server.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def main():
    if not sys.argv[1:]:
        sys.exit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("Stopped."))
    with cluster() as environment:
        sys.exit(run(sys.argv[1:], environment))


@contextlib.contextmanager
def cluster():
    """Start a cluster and give the environment that leads Django to it."""
    binaries, owner = find_binaries(), unprivileged_user()
    identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    # A short path: the name of a socket has room for some hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="knutpunkt-postgres-", dir="/tmp"))
    data, log = folder / "data", folder / "log"

    def postgres(program, *arguments):
        done = subprocess.run(
            [binaries / program, *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **identity,
        )
        if done.returncode:
            sys.exit(f"{program}: {done.stdout}\n{log.read_text() if log.exists() else ''}")

    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        postgres("initdb", "--pgdata", data, "--username", "knutpunkt", "--auth", "trust", "--encoding", "UTF8", "--locale", LOCALE)
        options = " ".join(f"-c {option}" for option in [*OPTIONS, f"unix_socket_directories={folder}"])
        postgres("pg_ctl", "start", "--pgdata", data, "--log", log, "--wait", "--options", options)
        try:
            # Django leaves out what the address does not say, and PostgreSQL's library then asks the environment.
            yield {**os.environ, "DATABASE_URL": "postgres:///knutpunkt", "PGHOST": str(folder), "PGUSER": "knutpunkt"}
        finally:
            postgres("pg_ctl", "stop", "--pgdata", data, "--mode", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries():
    """Return the folder of initdb and pg_ctl. Debian keeps them off PATH, one folder per version: the newest."""
    folders = [Path(found).parent for found in [shutil.which("initdb")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    if config := shutil.which("pg_config"):
        folders.append(Path(subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip()))
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    sys.exit(MISSING)


def unprivileged_user():
    """Return whom the server is to run as: ourselves (None), but for root, whom PostgreSQL refuses, somebody without rights."""
    if os.geteuid() != 0:
        return None
    users = {user.pw_name: user for user in pwd.getpwall()}
    return users.get("postgres") or users["nobody"]


def run(command, environment):
    """Run the command to its end, and return its exit code. Ctrl-C reaches it too; it gets the time to clear up."""
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
        except SystemExit:
            process.terminate()
            process.wait()
            raise


if __name__ == "__main__":
    main()
