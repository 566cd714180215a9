"""The caught messages: a Maildir, one file each, exactly as they came."""

import mailbox
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cached_property, lru_cache
from pathlib import Path

from django.conf import settings

# Written above the message by the SMTP server: Bcc and the envelope's sender stand in no header.
RECIPIENT, SENDER = "X-Envelope-To", "X-Envelope-From"


@dataclass(frozen=True)
class CaughtMessage:
    path: Path

    @property
    def key(self):
        return self.path.name

    @cached_property
    def received(self):
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    @cached_property
    def _headers(self):
        return _headers(self.path)

    @property
    def subject(self):
        return _text(self._headers["Subject"])

    @property
    def sender(self):
        return _text(self._headers["From"] or self._headers[SENDER])

    @property
    def recipients(self):
        return ", ".join(self._headers.get_all(RECIPIENT, []))

    def mentions(self, words):
        haystack = f"{self.subject} {self.sender} {self.recipients} {_text(self._headers['To'])}".casefold()
        return all(word in haystack for word in words.casefold().split())

    @cached_property
    def _message(self) -> EmailMessage:
        return message_from_bytes(self.path.read_bytes(), policy=policy.default)

    @property
    def headers(self):
        return [(name, _text(value)) for name, value in self._message.items()]

    @property
    def text(self):
        return _content(self._message.get_body(("plain",)))

    @property
    def html(self):
        return _content(self._message.get_body(("html",)))

    @property
    def attachments(self):
        return list(self._message.iter_attachments())

    @property
    def source(self):
        return self.path.read_bytes().decode("utf-8", "replace")


def caught_messages():
    """Return the messages, the newest first."""
    folder = Path(settings.MAILBOX_DIR) / "new"
    if not folder.is_dir():
        return []
    return [CaughtMessage(path) for path in sorted(folder.iterdir(), key=_order, reverse=True)]


def find_message(key):
    """Return the message, or None. Looked for in the list, so that no key can lead out of the folder."""
    return next((message for message in caught_messages() if message.key == key), None)


def keep(content, *, sender, recipients):
    """Store a message as it came, with its envelope on top."""
    envelope = "".join(f"{name}: {value}\r\n" for name, value in [(SENDER, sender), *((RECIPIENT, to) for to in recipients)])
    mailbox.Maildir(settings.MAILBOX_DIR).add(envelope.encode() + content)


def delete_all():
    for message in caught_messages():
        message.path.unlink(missing_ok=True)


def _order(path):
    """A Maildir name begins with the second and, after M, the microsecond of its arrival, which is not padded with zeros."""
    return [int(number) for number in re.findall(r"\d+", path.name)[:2]]


@lru_cache(maxsize=10_000)
def _headers(path):
    with path.open("rb") as file:
        return BytesHeaderParser(policy=policy.default).parse(file)


def _text(value):
    return str(value or "").replace("\n", " ")


def _content(part):
    if part is None:
        return ""
    try:
        return part.get_content()
    except (LookupError, ValueError):  # an unknown or a wrong charset
        return part.get_payload(decode=True).decode("utf-8", "replace")
