"""Lines of the kind that vCards and calendars are made of: values escaped, lines folded after 75 octets."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE = 75  # octets, without the line break
_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})


def escaped(text):
    """Return a value in which nothing is taken for a separator or the end of a line."""
    return CONTROL.sub("", str(text or "").replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPES)


def folded(line):
    """Return a line broken after at most 75 octets, never inside a character."""
    octets = line.encode()
    if len(octets) <= _LINE:
        return line + "\r\n"
    parts, start, limit = [], 0, _LINE
    while start < len(octets):
        end = min(start + limit, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        parts.append(octets[start:end])
        start, limit = end, _LINE - 1  # the blank that begins a further line counts
    return b"\r\n ".join(parts).decode() + "\r\n"
