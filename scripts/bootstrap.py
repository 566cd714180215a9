#!/usr/bin/env python3
"""From a fresh clone to a working system: makes the environment in .venv, then prepares, starts or tests the system.

    python3 scripts/bootstrap.py run | setup | test [pytest arguments] | tools | translations

The Makefile calls this. It is written for any Python 3, however old, so that it can say what is missing in plain words
instead of failing on its own syntax; everything after the environment runs on the Python in .venv.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import ports

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "knutpunkt-packages")

OLDEST = (3, 11)
OTHER_PYTHONS = ("python3.13", "python3.12", "python3.11")

TOO_OLD = """\
Knutpunkt needs Python 3.11 or newer; this is Python {version} ({path}).

    Debian 12, Ubuntu 23.04 or newer:   sudo apt install python3 python3-venv
    Fedora:                             sudo dnf install python3.12
    macOS:                              brew install python@3.13
    elsewhere:                          https://www.python.org/downloads/

Then try again. A Python in an unusual place can be named: make run PYTHON=/path/to/python3.13"""

NO_VENV = """\
Python {version} ({path}) is new enough, but lacks the part that makes virtual environments.

    Debian, Ubuntu:   sudo apt install python3-venv

Then try again."""

NO_PACKAGES = """\
The packages could not be installed; the lines above say why. Most often there is no connection to https://pypi.org:
the first start needs one, later starts do not. Then try again; what is already there is kept."""


def main():
    os.chdir(ROOT)
    verb, arguments = (sys.argv[1:2] or ["run"])[0], sys.argv[2:]
    if verb == "run":
        port = ports.site_port()  # told before the set-up, not after it
        os.environ["BASE_URL"] = "http://{}:{}".format(ports.LOOPBACK, port)  # the site's record is brought in line with it
        make_environment("requirements.txt")
        prepare()
        become("scripts/serve.py", *arguments)
    elif verb == "setup":
        make_environment("requirements.txt")
        prepare()
        say("Ready. Start with: make run")
    elif verb == "test":
        make_environment("requirements-dev.txt")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # dozens of processes: what one has compiled, the next need not
        become("-m", "pytest", *arguments)
    elif verb == "tools":
        make_environment("requirements-dev.txt")
    elif verb == "translations":
        compile_translations()
    else:
        sys.exit(__doc__)


def say(text):
    print("> " + text)
    sys.stdout.flush()


def become(*arguments):
    """Go on as the environment's Python: no process stands between the terminal and what runs in it."""
    os.execv(VENV_PYTHON, [VENV_PYTHON] + list(arguments))


def run(*arguments, **options):
    """Run the environment's Python, with a sign of life every ten seconds, and say whether all went well."""
    process, started = subprocess.Popen([VENV_PYTHON] + list(arguments), **options), time.time()
    while process.poll() is None:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            say("  at it for {:.0f} seconds".format(time.time() - started))
    return process.returncode == 0


# The environment


def make_environment(requirements):
    """See to it that .venv holds the pinned packages. Takes no time and no network when it does already."""
    stamps = dict((name, stamp(name)) for name in ("requirements.txt", "requirements-dev.txt"))
    installed = read(STAMP)
    if os.path.exists(VENV_PYTHON) and installed in (stamps[requirements], stamps["requirements-dev.txt"]):
        return
    if "requirements-dev.txt" in installed:
        requirements = "requirements-dev.txt"  # somebody who tests goes on having the tools

    started = time.time()
    if not os.path.exists(VENV_PYTHON) or ROOT not in installed:
        python = find_python()
        say("Making a virtual environment in .venv...")
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.check_call([python, "-m", "venv", VENV])
        write(STAMP, "nothing yet " + ROOT)
    say("Installing the packages of {}...".format(requirements))
    if not install(requirements):
        sys.exit(NO_PACKAGES)
    write(STAMP, stamps[requirements])
    say("Packages ready after {:.0f} seconds.".format(time.time() - started))


def stamp(requirements):
    """Say in one line what .venv holds, and where: its programs name their own place and do not survive a move."""
    with open(requirements, "rb") as file:
        return "{} {} {}".format(requirements, hashlib.sha256(file.read()).hexdigest(), ROOT)


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except (IOError, OSError):
        return ""


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def install(requirements):
    """Install by uv, which takes a quarter of the time; by pip where there is no uv, or where uv cannot reach the packages."""
    pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes", "-r"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(re.search(r"^uv==(?:.*\\\n)*.*\n", read("requirements-dev.txt"), re.MULTILINE).group())
        file.flush()
        has_uv = run(*(pip + [file.name, "--only-binary=:all:"]))
    if has_uv and run("-m", "uv", "pip", "sync", "--quiet", "--system-certs", "--require-hashes", "--python", VENV_PYTHON, requirements):
        return True
    say("That did not work with uv; trying with pip, which takes a minute...")
    return run(*(pip + [requirements]))


def find_python():
    """Return a Python that is new enough and can make environments: the one that runs this, or another on PATH."""
    for python in (sys.executable,) + OTHER_PYTHONS:
        # Asked by running it: a name on PATH can be a shim for a version that isn't there.
        if answers(python, "import sys, venv, ensurepip; sys.exit(sys.version_info < {!r})".format(OLDEST)):
            return python
    message = TOO_OLD if sys.version_info < OLDEST else NO_VENV
    sys.exit(message.format(version="{}.{}.{}".format(*sys.version_info[:3]), path=sys.executable))


def answers(python, code):
    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.call([python, "-c", code], stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


# The system


def prepare():
    compile_translations()
    say("Bringing the database up to date...")
    if not run("scripts/prepare.py"):
        sys.exit("The database could not be prepared; the lines above say why.")


def compile_translations():
    """Compile the catalogues that have changed. By Babel: gettext need not be installed."""
    for folder, _, names in os.walk("locale"):
        for source in [os.path.join(folder, name) for name in names if name.endswith(".po")]:
            target = source[:-3] + ".mo"
            if os.path.exists(target) and os.path.getmtime(target) >= os.path.getmtime(source):
                continue
            with open(os.devnull, "w") as nowhere:
                if not run("-m", "babel.messages.frontend", "compile", "-i", source, "-o", target, stderr=nowhere):
                    sys.exit("{} could not be compiled: .venv/bin/pybabel compile -i {} -o /dev/null says why.".format(source, source))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on where this one ended.")
