import re
import smtplib

from django.core.mail import get_connection

from newsletter.backends.base import (
    Backend,
    ConnectionTrouble,
    OutcomeUnknown,
    PermanentRefusal,
    SenderRefused,
    TemporaryRefusal,
)

# Large receivers close a connection that carries more, some by refusing the next message.
MESSAGES_PER_CONNECTION = 100
LEADING_DOT = re.compile(rb"(?m)^\.")


class SMTPBackend(Backend):
    """SMTP by Django's mail settings, step by step: only so is it known after an accident how far a message had come."""

    def __init__(self):
        self._connection = None
        self._sent = 0

    def send(self, *, sender, address, message):
        smtp = self._open()
        if not address.isascii() and not smtp.has_extn("smtputf8"):
            raise PermanentRefusal("The mail server does not support letters outside ASCII in addresses (SMTPUTF8).")
        try:
            self._hand_over(smtp, sender, address, message)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise TemporaryRefusal(_words(error)) from error
        self._sent += 1
        if self._sent >= MESSAGES_PER_CONNECTION:
            self.close()

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection, self._sent = None, 0

    def _hand_over(self, smtp, sender, address, message):
        options = [] if address.isascii() else ["SMTPUTF8"]
        try:
            code, reply = smtp.mail(sender, options)
        except smtplib.SMTPServerDisconnected:
            if not self._sent:
                raise
            # Servers end a connection after some messages of their own choosing: that is nobody's failed attempt.
            self._drop()
            smtp = self._open()
            code, reply = smtp.mail(sender, options)
        self._expect_sender_accepted(code, reply)
        self._expect_accepted(*smtp.rcpt(address))
        code, reply = smtp.docmd("DATA")
        if code != 354:
            self._expect_accepted(code, reply)
            raise TemporaryRefusal(_reply(code, reply))
        smtp.send(LEADING_DOT.sub(b"..", message) + b".\r\n")
        try:
            code, reply = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise OutcomeUnknown(_words(error)) from error
        self._expect_accepted(code, reply)

    def _expect_sender_accepted(self, code, reply):
        if 500 <= code < 600:
            self._reset()
            raise SenderRefused(_reply(code, reply))
        self._expect_accepted(code, reply)

    def _expect_accepted(self, code, reply):
        if 200 <= code < 300:
            return
        self._reset()
        raise (PermanentRefusal if 500 <= code < 600 else TemporaryRefusal)(_reply(code, reply))

    def _open(self):
        if self._connection is None:
            # SMTP by name: other mail may be set to leave in another way (as it does in the tests).
            connection = get_connection("django.core.mail.backends.smtp.EmailBackend")
            try:
                connection.open()
            except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
                raise SenderRefused(_words(error)) from error
            except smtplib.SMTPResponseException as error:
                raise (SenderRefused if 500 <= error.smtp_code < 600 else ConnectionTrouble)(_words(error)) from error
            except (OSError, smtplib.SMTPException) as error:
                raise ConnectionTrouble(_words(error)) from error
            connection.connection.ehlo_or_helo_if_needed()
            self._connection = connection
        return self._connection.connection

    def _reset(self):
        """Make the connection ready for the next message; a server that has hung up gets a new one."""
        try:
            self._connection.connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self):
        if self._connection:
            smtp = self._connection.connection
            self._connection.connection = None
            smtp.close()
        self._connection, self._sent = None, 0


def _reply(code, reply):
    return f"{code} {reply.decode(errors='replace')}"


def _words(error):
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode())
    return str(error) or type(error).__name__
