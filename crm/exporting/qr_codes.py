"""Who somebody is and how to reach them, as a QR code to take over to a phone."""

import io

import segno

from crm.content_lines import escaped
from crm.models import ContactPoint

# More octets make a code that a phone reads from a screen only with patience. A name is in it however long it is.
COMFORTABLE = 500


def contact_text(contact):
    """Return a small vCard (3.0, which every phone reads): the current role, and of each kind of address the one to use first."""
    role = contact.affiliations.current().newest_first().select_related("organisation", "role").first()
    return _card(
        contact.name,
        (contact.last_name, contact.first_name),
        [
            *_points(contact),
            ("ORG", role.organisation.name if role else ""),
            ("TITLE", role.label if role else ""),
        ],
    )


def organisation_text(organisation):
    properties = [*_points(organisation), ("ORG", organisation.name), ("URL", organisation.website)]
    return _card(organisation.name, ("", ""), properties)


def svg_of(text, *, title):
    """Return a QR code on white, whatever is behind it; the size is the page's business."""
    code, content = segno.make_qr(text, encoding="utf-8"), io.BytesIO()
    code.save(content, kind="svg", light="white", omitsize=True, xmldecl=False, title=title)
    return content.getvalue()


def _points(record):
    kinds = ContactPoint.Kind
    number, email = record.best_point(kinds.MOBILE, kinds.PHONE), record.best_point(kinds.EMAIL)
    return [("TEL", number and number.normalised), ("EMAIL", email and email.value)]


def _card(name, parts, properties):
    """Return the card, without those of its properties that would make it too large. Unlike in a file, no line is folded."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{';'.join(map(escaped, parts))}", f"FN:{escaped(name)}"]
    left = COMFORTABLE - _octets([*lines, "END:VCARD"])
    for key, value in properties:
        line = f"{key}:{value if key == 'URL' else escaped(value)}"
        if value and _octets([line]) <= left:
            lines.append(line)
            left -= _octets([line])
    return "\r\n".join([*lines, "END:VCARD"])


def _octets(lines):
    return sum(len(line.encode()) + 2 for line in lines)
