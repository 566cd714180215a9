import logging
import signal
import threading

from aiosmtpd.controller import Controller
from django.core.management.base import BaseCommand, CommandError

from mailcatcher.maildir import keep

HOST = "127.0.0.1"  # and no option to change it: whatever arrives can be read without a log-in


class Command(BaseCommand):
    help = "Catches mail on this machine. What arrives can be read at /mailbox/ and goes nowhere else."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8025)

    def handle(self, *, port, **options):
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells of every connection
        controller = open_mailbox(port)
        try:
            controller.start()
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used for the mailbox: {error}") from error
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        stopping.wait()
        controller.stop()


def open_mailbox(port):
    """Return the mail server, not yet started."""
    return Controller(Keeper(), hostname=HOST, port=port, enable_SMTPUTF8=True)


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        keep(envelope.content, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos)
        return "250 Kept"
