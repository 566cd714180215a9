from crm.mail.smtp import Letter, Line, Record
from newsletter.backends.base import Backend


class SMTPBackend(Backend):
    """SMTP by Django's mail settings."""

    def __init__(self):
        self._line = Line()

    def carry(self, letters, record):
        self._line.carry(letters, record)

    def send(self, *, sender, address, message):
        only = _Only()
        self._line.carry([Letter(None, sender, address, message)], only)
        if only.problem:
            raise only.problem

    def close(self):
        self._line.close()


class _Only(Record):
    problem = None

    def end(self, key, problem):
        self.problem = problem
