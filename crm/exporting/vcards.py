"""Contacts and organisations as vCards: 3.0 (RFC 2426), which every address book reads, and 4.0 (RFC 6350).

A note stays in the register: a card is made to be passed on.
"""

import uuid
from datetime import UTC

from django.conf import settings

from crm.content_lines import CONTROL, escaped, folded
from crm.exporting.contact_points import EMAIL, MOBILE, WORKS
from crm.exporting.values import country

VERSION_3, VERSION_4 = "3.0", "4.0"


class Card:
    def __init__(self, version, model, number):
        self.version = version
        self.lines = ["BEGIN:VCARD", f"VERSION:{version}"]
        address = f"{settings.WAGTAILADMIN_BASE_URL}/{model}/{number}"
        self.add("UID", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, address)}")

    @property
    def is_new(self):
        return self.version == VERSION_4

    def add(self, name, *values, always=False):
        """Add a property: one value, or the components of a structured one. Without anything in it, it is left out."""
        if always or any(values):
            self.lines.append(f"{name}:{';'.join(escaped(value) for value in values)}")

    def add_address(self, text):
        """Add a web address, in which commas and semicolons are its own."""
        if text := CONTROL.sub("", text or "").replace("\n", ""):
            self.lines.append(f"URL:{text}")

    def add_points(self, points):
        """Add the addresses and numbers that work, the one of each kind to use first in front."""
        kinds = set()
        for point in points:
            if point.status == WORKS:
                is_first = point.kind not in kinds
                kinds.add(point.kind)
                self._add_point(point, is_first)

    def _add_point(self, point, is_first):
        types = ["work"] if point.kind == EMAIL else ["cell" if point.kind == MOBILE else "work", "voice"]
        if self.is_new:
            first = ";PREF=1" if is_first else ""
            name = f"EMAIL;TYPE=work{first}" if point.kind == EMAIL else f'TEL;VALUE=uri;TYPE="{",".join(types)}"{first}'
            self.add(name, point.value if point.kind == EMAIL else f"tel:{point.normalised}")
        else:
            name = "EMAIL;TYPE=internet," if point.kind == EMAIL else "TEL;TYPE="
            types += ["pref"] if is_first else []
            self.add(f"{name}{','.join(types)}", point.value if point.kind == EMAIL else point.normalised)

    def add_place(self, organisation):
        """Add the postal address of an organisation's record."""
        if organisation.street or organisation.postcode or organisation.city:
            place = (organisation.street, organisation.city, "", organisation.postcode, country(organisation.country))
            self.add("ADR;TYPE=work", "", "", *place)

    def add_change(self, moment):
        if moment:
            self.lines.append(f"REV:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}")

    def __str__(self):
        return "".join(folded(line) for line in [*self.lines, "END:VCARD"])


def contact_card(rows, version):
    """Return a contact's card. The first role is what an address book shows; the others follow in groups of their own."""
    first, *others = rows
    record = first.record
    card = Card(version, "contact", record.pk)
    if card.is_new:
        card.add("KIND", "individual")
    card.add("FN", f"{record.first_name} {record.last_name}".strip() or str(record.pk))
    card.add("N", record.last_name, record.first_name, "", "", "", always=True)
    if card.is_new:
        card.add("LANG", record.language)
    _add_role(card, first)
    for number, row in enumerate(others, 2):
        _add_role(card, row, group=f"role{number}.")
    card.add_points(first.points)
    if organisation := first.organisation:
        card.add_place(organisation.record)
        card.add_address(organisation.record.website)
    card.add_change(first.chunk.changed_at.get(record.pk))
    return str(card)


def _add_role(card, row, group=""):
    if row.role:
        card.add(f"{group}ORG", row.organisation.record.name)
        card.add(f"{group}TITLE", row.role.title or row.role.role__name)
        card.add(f"{group}ROLE", row.role.role__name)


def organisation_card(row, version):
    record = row.record
    card = Card(version, "organisation", record.pk)
    card.lines.append("KIND:org" if card.is_new else "X-ABShowAs:COMPANY")
    card.add("FN", record.name)
    card.add("N", "", "", "", "", "", always=True)
    card.add("ORG", record.name)
    card.add_points(row.points)
    card.add_place(record)
    card.add_address(record.website)
    card.add_change(row.chunk.changed_at.get(record.pk))
    return str(card)


def card_parts(exportable, version, chunks):
    """Yield (bytes, number of cards) for each chunk of records."""
    for chunk in chunks:
        cards = list(exportable.cards(chunk, version))
        yield "".join(cards).encode(), len(cards)
