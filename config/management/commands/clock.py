import logging
import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

SECONDS = 10


class Command(BaseCommand):
    help = f"Runs the small periodic jobs (settings.PERIODIC_TASKS) every {SECONDS} seconds, until it is stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="run each job once and end: for cron or a systemd timer")

    def handle(self, *, once, **options):
        jobs = {path: import_string(path) for path in settings.PERIODIC_TASKS}
        if once:
            return run_all(jobs)
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.is_set():
            run_all(jobs)
            stopping.wait(SECONDS)


def run_all(jobs):
    close_old_connections()
    for path, job in jobs.items():
        try:
            job()
        except Exception:
            # The others are due all the same, and this one may succeed next time.
            logger.exception("%s failed", path)
            close_old_connections()
    close_old_connections()
