"""Fails when the Swedish catalogue lacks a translation, or has one that somebody still has to look at (fuzzy).

Where gettext is installed, the strings are first collected anew from code and templates, in a copy: a string that never
reached the catalogue is found too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = Path("locale/sv/LC_MESSAGES/django.po")
SOURCES = ["config", "upkeep", "cms", "newsletter", "crm", "mailcatcher", "templates", "locale", "manage.py"]


def main():
    if shutil.which("xgettext"):
        with tempfile.TemporaryDirectory() as folder:
            found = list(problems(collect_anew(Path(folder))))
    else:
        print("note: gettext is not installed (Debian: apt install gettext); strings missing from the catalogue were not looked for.")
        found = list(problems(ROOT / CATALOGUE))
    if found:
        print(*found, sep="\n")
        sys.exit(f"{len(found)} to do in {CATALOGUE}; `make messages` collects new strings.")


def collect_anew(folder):
    for name in SOURCES:
        copy = shutil.copy if (ROOT / name).is_file() else shutil.copytree
        copy(ROOT / name, folder / name)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "sv", "-e", "html,txt,py,mjml", "--no-location", "--no-wrap"],
        cwd=folder,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder / CATALOGUE


def problems(path):
    with path.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if not message.id:
            continue
        text = message.id[0] if message.pluralizable else message.id
        if message.fuzzy:
            yield f"fuzzy: {text!r}"
        elif not all(message.string if message.pluralizable else [message.string]):
            yield f"not translated: {text!r}"


if __name__ == "__main__":
    main()
