"""What the register holds of the people whom a part of a file speaks of: rows as the database gives them, each asked for once."""

import datetime
from collections import defaultdict

from django.db import connection

from crm.models import Affiliation, Contact, ContactPoint
from crm.services.bulk import one_of

FIELDS = ("first_name", "last_name", "language", "quick_facts", "note", "source")
POINT_FIELDS = ("pk", "kind", "normalised", "value", "is_primary", "status")
ROLE_FIELDS = ("organisation_id", "role_id", "title", "since", "until", "end_reason", "is_public")


class Excerpt:
    def __init__(self):
        self.forget()

    def forget(self):
        self._holders = {}  # address or phone number, normalised → numbers of the contacts who have it
        self.organisation_values = set()  # those of them that belong to an organisation
        self.contacts = {}  # number → (sort key, archived at, *FIELDS)
        self.points = defaultdict(list)  # number of a contact → [POINT_FIELDS, …], the ones to use first ahead
        self.roles = defaultdict(list)  # number of a contact → [(number, *ROLE_FIELDS), …], the newest first

    def holders(self, values):
        """Return {value: numbers of the contacts who have it} of addresses and phone numbers, normalised."""
        holders = self._holders
        if unknown := {value for value in values if value not in holders}:
            holders.update((value, set()) for value in unknown)
            points = ContactPoint.objects.filter(one_of(ContactPoint, "normalised", unknown)).order_by()
            for contact, organisation, normalised in _rows(points, "contact_id", "organisation_id", "normalised"):
                if organisation:
                    self.organisation_values.add(normalised)
                else:
                    holders[normalised].add(contact)
        return {value: holders[value] for value in values}

    def fetch(self, numbers):
        """Ask for contacts by number, with their roles."""
        unknown = [number for number in numbers if number not in self.contacts]
        if not unknown:
            return
        contacts = Contact.objects.filter(one_of(Contact, "id", unknown)).order_by()
        for number, *row in _rows(contacts, "pk", "sort_key", "archived_at", *FIELDS):
            self.contacts[number] = row
        roles = Affiliation.objects.filter(one_of(Affiliation, "contact_id", unknown)).newest_first()
        for contact, number, organisation, role, title, since, until, end_reason, is_public in _rows(
            roles, "contact_id", "pk", *ROLE_FIELDS
        ):
            days = _day(since), _day(until)
            self.roles[contact].append((number, organisation, role, title, *days, end_reason, bool(is_public)))

    def fetch_points(self, numbers):
        """Ask for the addresses and phone numbers of contacts."""
        unknown = [number for number in numbers if number not in self.points]
        if not unknown:
            return
        points = ContactPoint.objects.filter(one_of(ContactPoint, "contact_id", unknown)).order_by("-is_primary", "pk")
        for contact, *row in _rows(points, "contact_id", *POINT_FIELDS):
            self.points[contact].append(row)


def _rows(queryset, *columns):
    """Return a query's rows as the database gives them: a part of a file asks for thousands, of which most are only compared."""
    with connection.cursor() as cursor:
        cursor.execute(*queryset.values_list(*columns).query.sql_with_params())
        return cursor.fetchall()


def _day(value):
    """SQLite keeps days as text."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value
