"""From a mail to the bytes on the wire: compiled once, then merged for each reader.

Building a message with Python's email package takes some 30 times as long as filling the slots of a finished one.
Each part is quoted-printable; every piece between two slots ends with a soft line break, so that pieces can be joined
without looking at each other.
"""

import binascii
import secrets
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape

from django.utils import timezone

from newsletter.exceptions import UnsafeHeader
from newsletter.mail.slots import SLOT

SOFT_BREAK = b"=\r\n"


@dataclass(frozen=True)
class Recipient:
    """What differs from one reader's mail to the next's."""

    name: str
    address: str
    greeting: str
    message_id: str
    unsubscribe_url: str
    one_click_url: str


class CompiledMessage:
    def __init__(self, *, sender, subject, html, text, headers):
        """`sender` is (name, address); `headers` are those that every reader's mail has."""
        self._boundary = f"=_{secrets.token_hex(12)}"
        common = {"Subject": subject, **headers, "Date": format_datetime(timezone.now())}
        self._common = address_line("From", *sender) + b"".join(header_line(name, value) for name, value in common.items())
        self._text, self._html = _pieces(text), _pieces(html)

    def merge(self, recipient):
        """Return the message to one reader, with CRLF line ends and without dot-stuffing."""
        values = {"greeting": recipient.greeting, "unsubscribe_url": recipient.unsubscribe_url}
        encoded = {name: encode(value) for name, value in values.items()}
        escaped = {name: encode(escape(value)) for name, value in values.items()}
        boundary = b"--" + self._boundary.encode() + b"\r\n"
        return b"".join(
            [
                self._common,
                header_line("Message-ID", recipient.message_id),
                address_line("To", recipient.name, recipient.address),
                header_line("List-Unsubscribe", f"<{recipient.one_click_url}>"),
                b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n",
                b'Content-Type: multipart/alternative;\r\n boundary="' + self._boundary.encode() + b'"\r\n\r\n',
                boundary,
                _part_header("plain"),
                *_filled(self._text, encoded),
                b"\r\n" + boundary,
                _part_header("html"),
                *_filled(self._html, escaped),
                b"\r\n" + boundary[:-2] + b"--\r\n",
            ]
        )


def header_line(name, value):
    """Return one header, refusing a value that would become two."""
    _refuse_line_breaks(name, value)
    encoded = _folded(name, value) if value.isascii() else _encoded_words(name, value)
    return f"{name}: {encoded}\r\n".encode()


def address_line(name, display_name, address):
    """Return a header with one mailbox: `To: Åsa Öberg <asa@kommun.example>`."""
    _refuse_line_breaks(name, display_name + address)
    if not display_name:
        return f"{name}: {address}\r\n".encode()
    if display_name.isascii():
        quoted = display_name.replace("\\", "\\\\").replace('"', '\\"')
        phrase = _folded(name, f'"{quoted}"')
    else:
        phrase = _encoded_words(name, display_name)
    return f"{name}: {phrase}\r\n <{address}>\r\n".encode()


def encode(text):
    """Return text as a piece of quoted-printable that another piece can follow."""
    if not text:
        return b""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    return binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n") + SOFT_BREAK


def _pieces(source):
    """Return the encoded pieces between the slots, and the slots' names at every second place."""
    return [encode(piece) if index % 2 == 0 else piece for index, piece in enumerate(SLOT.split(source))]


def _filled(pieces, values):
    return [piece if index % 2 == 0 else values[piece] for index, piece in enumerate(pieces)]


def _part_header(subtype):
    return f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()


def _encoded_words(name, value):
    """RFC 2047, in words of at most 75 characters and lines of at most 76. (email.header.Header takes 20 times as long.)"""
    words, room, encoded = [], 74 - len(name), b""
    for character in value:
        more = character.encode()
        if (len(encoded) + len(more) + 2) // 3 * 4 > room - 12:  # =?utf-8?b??=
            words.append(encoded)
            room, encoded = 75, b""
        encoded += more
    words.append(encoded)
    return "\r\n ".join(f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode()}?=" for word in words)


def _folded(name, value):
    """Break between words. The first stays beside the name, however long: some readers miss it on a line of its own."""
    first, *words = value.split(" ")
    lines = [f"{name}: {first}"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > 76:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).removeprefix(f"{name}: ")


def _refuse_line_breaks(name, value):
    if any(character in value for character in "\r\n\0"):
        raise UnsafeHeader(f"{name}: {value!r}")
