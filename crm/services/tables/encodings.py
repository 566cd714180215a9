"""Which characters the bytes of a text file stand for. The file is read in pieces: it may be larger than the memory."""

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.exceptions import SpreadsheetError

# Offered to the person, most likely first.
ENCODINGS = ("utf-8", "cp1252", "utf-16", "mac-roman", "cp850", "iso-8859-1")

_BOMS = ((codecs.BOM_UTF8, "utf-8", "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16", "utf-16"), (codecs.BOM_UTF16_BE, "utf-16", "utf-16"))
_ONE_BYTE = ("cp1252", "mac-roman", "cp850")
_CHUNK = 1 << 20
_ESCAPED = re.compile("[\udc80-\udcff]")
_NORDIC = frozenset("åäöÅÄÖéÉüÜæøÆØ")
_CONTROL_BYTES = bytes({*range(1, 32), 127} - {9, 10, 11, 12, 13, 26, 27})


@dataclass(frozen=True)
class Text:
    """How to decode one file: give `codec` and `errors` to open()."""

    encoding: str
    codec: str
    errors: str = "replace"
    has_nul: bool = False
    notes: list[str] = field(default_factory=list)


def _decode_rest_as(encoding):
    def handler(error):
        return error.object[error.start : error.end].decode(encoding, "replace"), error.end

    return handler


for _name in _ONE_BYTE:
    # For files that are UTF-8 in some places and something older in others: each wrong byte is read for itself.
    codecs.register_error(f"rest-{_name}", _decode_rest_as(_name))


def examine(path, *, encoding=None, longest_line):
    """Return the Text of a file, guessed unless `encoding` says it. Raises SpreadsheetError for what is no text."""
    if encoding is not None and encoding not in ENCODINGS:
        raise SpreadsheetError(_("The character set “%(name)s” is not known. Choose another one.") % {"name": encoding[:40]})
    with open(path, "rb") as file:
        head = file.read(1 << 16)
        file.seek(0)
        for bom, name, codec in _BOMS:
            if head.startswith(bom) and encoding in (None, name):
                encoding, wide = name, codec if name == "utf-16" else None
                break
        else:
            wide = _utf16_without_bom(head) if encoding in (None, "utf-16") else None
            if encoding == "utf-16" and not wide:
                wide = "utf-16-le"
        if not wide and _looks_binary(head):
            raise not_a_table()
        counts = _count(file, wide=bool(wide), longest_line=longest_line)
    if wide:
        return Text("utf-16", wide, has_nul=True)
    return _narrow(encoding, counts)


def not_a_table():
    return SpreadsheetError(_("This is not a table that can be read. Upload an Excel, LibreOffice, CSV or vCard file."))


def _utf16_without_bom(head):
    """Every other byte of western text in UTF-16 is NUL."""
    pairs = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if pairs and max(even, odd) > pairs * 0.4 and min(even, odd) <= pairs * 0.02:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _looks_binary(head):
    if head.count(0) > len(head) * 0.3:
        return True
    return len(head) - len(head.translate(None, delete=_CONTROL_BYTES)) > max(10, len(head) // 500)


@dataclass
class _Counts:
    nul: int = 0
    valid: int = 0  # characters beyond ASCII that are UTF-8
    wrong: Counter = field(default_factory=Counter)  # bytes that are not
    places: list[str] = field(default_factory=list)  # some of those with their neighbours


def _count(file, *, wide, longest_line):
    counts, line_length = _Counts(), 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    while chunk := file.read(_CHUNK):
        line_end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        line_length = line_length + len(chunk) if line_end < 0 else len(chunk) - line_end
        if line_length > longest_line:
            raise SpreadsheetError(
                _("The file has a row of more than a million characters, so it is hardly a table. Save it once more as CSV.")
            )
        if wide:
            continue
        counts.nul += chunk.count(0)
        text = decoder.decode(chunk)
        if not text.isascii():
            _count_characters(counts, text)
    return counts


def _count_characters(counts, text):
    try:
        text.encode()
        wrong = []
    except UnicodeEncodeError:
        wrong = _ESCAPED.findall(text)
    counts.valid += len(text) - len(text.encode("ascii", "ignore")) - len(wrong)
    counts.wrong.update(wrong)
    if wrong and len(counts.places) < 2000:
        counts.places += [text[max(0, m.start() - 1) : m.end() + 1] for m in list(_ESCAPED.finditer(text))[:2000]]


def _narrow(encoding, counts):
    wrong = counts.wrong.total()
    older = _likely_one_byte_encoding(counts.places)
    if encoding is None:
        # Now and then two bytes of an older encoding happen to be UTF-8.
        encoding = "utf-8" if not wrong or counts.valid * 20 >= wrong else older
    errors, notes = "replace", []
    if encoding == "utf-8":
        errors = f"rest-{older}"
        if wrong:
            notes.append(
                ngettext(
                    "%(count)d character is in another character set than the rest of the file. Check å, ä and ö.",
                    "%(count)d characters are in another character set than the rest of the file. Check å, ä and ö.",
                    wrong,
                )
                % {"count": wrong}
            )
    lost = sum(n for byte, n in counts.wrong.items() if _is_undefined(byte, older if encoding == "utf-8" else encoding))
    if lost:
        notes.append(
            ngettext("%(count)d character could not be read and shows as �.", "%(count)d characters could not be read and show as �.", lost)
            % {"count": lost}
        )
    if counts.nul:
        notes.append(
            ngettext("%(count)d empty byte (NUL) was left out.", "%(count)d empty bytes (NUL) were left out.", counts.nul)
            % {"count": counts.nul}
        )
    return Text(encoding, "utf-8-sig" if encoding == "utf-8" else encoding, errors, bool(counts.nul), notes)


def _character(escaped, encoding):
    return escaped.encode("ascii", "surrogateescape").decode(encoding, "replace")


def _is_undefined(escaped, encoding):
    return _character(escaped, encoding) == "\ufffd"


def _likely_one_byte_encoding(places):
    """Windows, an old Mac or DOS: the one that gives å, ä and ö inside words."""

    def score(encoding):
        total = 0
        for place in places:
            at = _ESCAPED.search(place).start()
            character = _character(_ESCAPED.search(place).group(), encoding)
            neighbours = [c for c in (place[at - 1 : at], place[at + 1 : at + 2]) if c.isascii() and c.isalpha()]
            if character in _NORDIC:
                total += len(neighbours)
            elif not character.isalpha():
                total -= len(neighbours)
        return total

    return max(_ONE_BYTE, key=score)
