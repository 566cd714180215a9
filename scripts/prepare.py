"""Brings the database up to date and, when it is empty, loads the demo association; in one process, to start quickly."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

django.setup()
call_command("migrate", verbosity=0)
call_command("demo", "--if-empty")
call_command("set_address")
