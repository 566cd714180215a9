"""Cards of address books, one row a card. What the properties mean: RFC 2426 and RFC 6350, section 6."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import encodings
from .cells import clean
from .vcard_lines import parse_property, unfold

FIELDS = [
    *("first_name", "last_name", "full_name", "email", "email_2", "email_3", "mobile", "phone", "phone_2", "organisation"),
    *("title", "role", "street", "postcode", "city", "country", "website", "note", "language"),
]
LONGEST_LINE = 32 << 20  # a photo may stand on one line
_BINARY = {"PHOTO", "LOGO", "SOUND", "KEY"}
_NO_PERSON = {"org", "group", "location", "application", "device"}


@dataclass
class Findings:
    photos: int = 0
    broken: list = field(default_factory=list)
    organisations: list = field(default_factory=list)
    crowded: int = 0  # cards with more addresses or numbers than there are columns


def cards(lines, findings):
    """Yield (line number, fields) of each whole card about a person."""
    start, properties, version = 0, None, "3.0"
    for number, line in unfold(lines):
        keyword = line[:40].replace(" ", "").strip().upper()
        if keyword == "BEGIN:VCARD":
            if properties is not None:
                findings.broken.append(start)
            start, properties, version = number, [], "3.0"
        elif keyword == "END:VCARD" and properties is not None:
            if row := _person(properties, findings):
                yield start, row
            properties = None
        elif properties is not None and (found := parse_property(line, version)):
            if found.name == "VERSION":
                version = found.value.strip()
            elif found.name in _BINARY:
                findings.photos += found.name in ("PHOTO", "LOGO")
            elif len(properties) < 1000:
                properties.append(found)
    if properties is not None:
        findings.broken.append(start)


def _person(properties, findings):
    """Return {field: text} of a card, or None when it is about no person."""
    by_name = {}
    for found in sorted(properties, key=lambda found: found.rank):
        by_name.setdefault(found.name, []).append(found)

    def first(name):
        return next((text for found in by_name.get(name, ()) if (text := found.text().strip())), "")

    organisation = next((parts[0] for found in by_name.get("ORG", ()) if (parts := found.components())[0]), "")
    if first("KIND").lower() in _NO_PERSON or first("X-ABSHOWAS").upper() == "COMPANY":
        findings.organisations.append(first("FN") or organisation)
        return None
    row = {
        "organisation": organisation,
        "title": first("TITLE"),
        "role": first("ROLE"),
        "website": first("URL"),
        "note": "\n".join(found.text().strip() for found in by_name.get("NOTE", ())),
        "language": first("LANG"),
        **_name(by_name, first("FN")),
        **_address(by_name.get("ADR", ())),
    }
    emails = list(dict.fromkeys(re.sub("^mailto:", "", found.text().strip(), flags=re.IGNORECASE) for found in by_name.get("EMAIL", ())))
    mobile, phones = _numbers(by_name.get("TEL", ()))
    findings.crowded += len(emails) > 3 or len(phones) > 2
    row.update(zip(("email", "email_2", "email_3"), filter(None, emails), strict=False), mobile=mobile)
    row.update(zip(("phone", "phone_2"), phones, strict=False))
    row = {name: clean(text.replace("\x00", "")) for name, text in row.items()}
    return row if any(row.values()) else None


def _name(by_name, full_name):
    for found in by_name.get("N", ()):
        family, given, additional = found.components()[:3]
        if family or given:
            return {"first_name": f"{given} {additional}".strip(), "last_name": family}
    return {"full_name": full_name}


def _address(addresses):
    for found in addresses:
        box, extended, street, city, _region, postcode, country = found.components()[:7]
        if street or city or postcode or box:
            lines = ", ".join(filter(None, (box, extended, street)))
            return {"street": re.sub(r"\s*[\r\n]+\s*", ", ", lines), "postcode": postcode, "city": city, "country": country}
    return {}


def _numbers(numbers):
    mobile, phones = "", []
    for found in numbers:
        if found.types & {"fax", "pager", "modem"} and "voice" not in found.types:
            continue
        number = re.sub(r"^tel:([^;]*).*", r"\1", found.text().strip(), flags=re.IGNORECASE | re.DOTALL)
        if found.types & {"cell", "iphone"} and not mobile:
            mobile = number
        elif number and number != mobile and number not in phones:
            phones.append(number)
    return mobile, phones


class VCardFile:
    headings = FIELDS
    sheets = ()

    def __init__(self, path, options):
        self.path = path
        self._text = encodings.examine(path, encoding=options.encoding, longest_line=LONGEST_LINE)
        self.options = replace(options, format="vcard", encoding=self._text.encoding, delimiter=None, quote=None, sheet=None)
        self._findings = None

    def records(self, report=None):
        """Yield (line where the card begins, cells as in FIELDS)."""
        findings = Findings()
        with open(self.path, encoding=self._text.codec, errors=self._text.errors) as stream:
            for number, row in cards(stream, findings):
                yield number, [row.get(name, "") for name in FIELDS]
        self._findings = findings

    def estimate(self, rows, characters):
        return round(rows * Path(self.path).stat().st_size / max(characters, 1))

    @property
    def notes(self):
        return [*self._text.notes, *_notes(self._findings or Findings())]


def _notes(findings):
    notes = []
    if findings.photos:
        notes.append(_("Photos in the cards were left out."))
    if findings.broken:
        lines = ", ".join(str(line) for line in findings.broken[:10]) + (" …" if len(findings.broken) > 10 else "")
        notes.append(
            ngettext(
                "One card has no end and was left out. It begins on line %(lines)s.",
                "%(count)d cards have no end and were left out. They begin on lines %(lines)s.",
                len(findings.broken),
            )
            % {"count": len(findings.broken), "lines": lines}
        )
    if findings.organisations:
        names = ", ".join(name for name in findings.organisations[:5] if name)
        notes.append(
            ngettext(
                "One card is about an organisation or a group, not a person, and was left out: %(names)s.",
                "%(count)d cards are about organisations or groups, not persons, and were left out: %(names)s.",
                len(findings.organisations),
            )
            % {"count": len(findings.organisations), "names": names}
        )
    if findings.crowded:
        notes.append(
            ngettext(
                "One card has more e-mail addresses or phone numbers than are read (three addresses, a mobile, two other numbers).",
                "%(count)d cards have more e-mail addresses or phone numbers than are read (three addresses, a mobile, two other numbers).",
                findings.crowded,
            )
            % {"count": findings.crowded}
        )
    return notes
