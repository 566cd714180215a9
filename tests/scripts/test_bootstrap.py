import ast
import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings

SCRIPTS = settings.BASE_DIR / "scripts"


def bootstrap(*arguments, **environment):
    return subprocess.run(
        [sys.executable, SCRIPTS / "bootstrap.py", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def in_bootstrap(code):
    """Run code inside the module, without any package."""
    return subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); import bootstrap\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_taken_port_is_told_before_anything_else_with_the_next_free_one():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = bootstrap("run", PORT=str(port))

    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert "make run" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("port", ["http", "80", "70000"])
def test_impossible_port_is_refused(port):
    done = bootstrap("run", PORT=port)

    assert done.returncode == 1
    assert "a port is a number from 1024 to 65535" in done.stderr


def test_old_python_is_told_what_to_do():
    done = in_bootstrap("sys.version_info = (3, 9, 2); bootstrap.answers = lambda *_: False; bootstrap.find_python()")

    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.9.2" in done.stderr
    assert "apt install" in done.stderr


def test_python_without_venv_is_told_what_to_install():
    done = in_bootstrap("bootstrap.answers = lambda *_: False; bootstrap.find_python()")

    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr


def test_newer_python_beside_an_old_one_is_found():
    done = in_bootstrap("bootstrap.answers = lambda python, code: python == 'python3.12'; print(bootstrap.find_python())")

    assert done.stdout == "python3.12\n"


@pytest.mark.parametrize("name", ["bootstrap.py", "ports.py"])
def test_what_runs_before_the_environment_is_written_for_old_pythons(name):
    source = (SCRIPTS / name).read_text()

    tree = ast.parse(source, feature_version=(3, 4))

    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)], "f-strings need Python 3.6"
    assert source.isascii(), "an old Python in an old terminal cannot print it"
