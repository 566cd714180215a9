"""The lines of a vCard: folding, parameters, escapes and encodings of 2.1, 3.0 (RFC 2425, RFC 2426) and 4.0 (RFC 6350).

A parser of our own: vobject reads the whole file, stops at the first line that is no property, and has to be told of quoted-printable
folding; telephones export cards that are cut in half and lines that are folded wrongly, and the others should come through.
"""

import base64
import binascii
import quopri
import re
from dataclasses import dataclass, field

LONGEST_VALUE = 200_000

_CHARSETS = {"utf-8", "utf8", "iso-8859-1", "iso-8859-15", "windows-1252", "cp1252", "us-ascii", "macintosh", "utf-16"}
_PROPERTY = re.compile(r"(?:[\w-]+\.)?([A-Za-z][\w-]*)\s*((?:;[^:;\"]*(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)", re.DOTALL)
_COMPONENT = re.compile(r"((?:[^\\;]|\\.|\\$)*)(;|$)", re.DOTALL)
_BORDER = re.compile(r"\s*(BEGIN|END)\s*:\s*VCARD", re.IGNORECASE)


@dataclass
class Property:
    name: str
    value: str
    types: set = field(default_factory=set)
    parameters: dict = field(default_factory=dict)
    version: str = "3.0"

    def text(self):
        return _unescape(self._decoded(self.value), self.version)

    def components(self):
        parts = [m[1] for m in _COMPONENT.finditer(self.value)]
        return [_unescape(self._decoded(part), self.version).strip() for part in parts] + [""] * 7

    @property
    def rank(self):
        """RFC 6350, 5.3: PREF=1 is most preferred; before 4.0 it was a type."""
        pref = self.parameters.get("PREF", "")
        return int(pref) if pref.isdecimal() and len(pref) < 4 else 0 if "pref" in self.types else 101

    def _decoded(self, value):
        encoding = self.parameters.get("ENCODING", "").upper()
        if encoding in ("B", "BASE64"):
            try:
                return _as_text(base64.b64decode(value), self.parameters.get("CHARSET"))
            except (binascii.Error, ValueError):
                return value
        if encoding == "QUOTED-PRINTABLE":
            return _as_text(quopri.decodestring(value.encode("utf-8", "replace")), self.parameters.get("CHARSET"))
        return value


def _as_text(content, charset):
    charsets = [charset] if str(charset).lower() in _CHARSETS else []
    for name in (*charsets, "utf-8"):
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    return content.decode("cp1252", "replace")


def _unescape(text, version):
    """RFC 2426, section 4 and RFC 6350, 3.4; in 2.1 only the semicolon needs it."""
    if "\\" not in text:
        return text
    escaped = r"\\([;,:])" if version == "2.1" else r"\\(.)"
    return re.sub(escaped, lambda m: "\n" if m[1] in "nN" else m[1], text)


def parse_property(line, version):
    """Return the Property on an unfolded line, or None."""
    match = _PROPERTY.match(line)
    if not match:
        return None
    found = Property(match[1].upper(), match[3], version=version)
    for parameter in re.findall(r';((?:[^;"]|"[^"]*"?)*)', match[2]):
        name, is_named, value = parameter.partition("=")
        name, value = name.strip().upper(), value.strip().strip('"')
        if not is_named and name in ("QUOTED-PRINTABLE", "BASE64"):  # 2.1 leaves out names
            found.parameters["ENCODING"] = name
        elif not is_named or name == "TYPE":
            found.types |= {one.strip().lower() for one in (value or name).split(",")}
        else:
            found.parameters[name] = value
    return found


def unfold(lines):
    """Yield (line number, logical line): RFC 6350, 3.2, and the soft line breaks of quoted-printable (RFC 2045, 6.7)."""
    start, parts, size = 0, [], 0
    soft = False
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r\n")
        folded = parts and line[:1] in (" ", "\t")
        if (soft and not _BORDER.match(line)) or folded:
            parts[-1] = parts[-1][:-1] if soft else parts[-1]
            line = line[1:] if folded else line
        else:
            if parts:
                yield start, "".join(parts)
            start, parts, size = number, [], 0
        if size < LONGEST_VALUE:
            parts.append(line)
        size += len(line)
        soft = line.endswith("=") and "QUOTED-PRINTABLE" in parts[0].upper().partition(":")[0]
    if parts:
        yield start, "".join(parts)
