"""People: a row for each role that somebody holds, and one for whoever holds none."""

from collections import defaultdict
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, MOBILE, PHONE, all_of, best, points_of
from crm.exporting.fields import CardExportable, Chunk, Field, Group, more
from crm.exporting.organisations import (
    OrganisationChunk,
    OrganisationExport,
    OrganisationRow,
    day_of,
    last_changes,
    licences_of,
    membership_kind,
    networks_of,
    projects_of,
)
from crm.exporting.registry import exportable
from crm.exporting.tags import tags_of
from crm.exporting.values import word
from crm.exporting.vcards import contact_card
from crm.filters.contacts import ContactFilterSet
from crm.models import Affiliation, Contact, ProjectRole
from crm.services.bulk import among

_COLUMNS = ("pk", "first_name", "last_name", "language", "source", "quick_facts", "note", "created_at", "archived_at")
_ROLE_COLUMNS = (
    "contact_id", "organisation_id", "role__name", "title", "since", "until", "end_reason", "is_public", "source",
    "confirmed_at", "confirmed_by",
)  # fmt: skip


class ContactChunk(Chunk):
    @cached_property
    def records(self):
        found = Contact.objects.filter(pk__in=among(self.numbers, "bigint"))
        return {record.pk: record for record in found.values_list(*_COLUMNS, named=True)}

    @cached_property
    def roles(self):
        """{number: roles}, as the list shows them: the newest first."""
        found = defaultdict(list)
        roles = self.held(Affiliation.objects.newest_first()).filter(contact__in=among(self.numbers, "bigint"))
        for role in roles.values_list(*_ROLE_COLUMNS, named=True):
            found[role.contact_id].append(role)
        return found

    @cached_property
    def organisations(self):
        """{number: OrganisationRow} of where the roles are held."""
        numbers = {role.organisation_id for roles in self.roles.values() for role in roles}
        chunk = OrganisationChunk(sorted(numbers), self.asked_day)
        return {number: OrganisationRow(chunk, record) for number, record in chunk.records.items()}

    @cached_property
    def points(self):
        return points_of("contact", self.numbers)

    @cached_property
    def networks(self):
        return networks_of("contact", self)

    @cached_property
    def licences(self):
        return licences_of("contact", self)

    @cached_property
    def projects(self):
        return projects_of(ProjectRole.objects, "contact", self)

    @cached_property
    def tags(self):
        return tags_of("contact", self.numbers)

    @cached_property
    def changed_at(self):
        return last_changes("contact_id", self.numbers)


class ContactRow:
    """A contact with one role, or with none."""

    __slots__ = ("chunk", "number", "record", "role")

    def __init__(self, chunk, record, role):
        self.chunk, self.record, self.role, self.number = chunk, record, role, record.pk

    @property
    def points(self):
        return self.chunk.points[self.number]

    @property
    def organisation(self):
        return self.chunk.organisations.get(self.role.organisation_id) if self.role else None

    @property
    def membership(self):
        """The membership through which the contact is at a member."""
        return self.organisation.membership if self.organisation else None


def of_role(name):
    return lambda row: getattr(row.role, name) if row.role else None


def of_organisation(key, label, *, named=""):
    """A field of organisations, for the one where the role is held."""
    value = OrganisationExport().fields[key].value
    return more(named or f"organisation_{key}", label, lambda row: value(row.organisation) if row.organisation else None)


def of_member(name):
    return lambda row: getattr(row.membership, name) if row.membership else None


@exportable
class ContactExport(CardExportable):
    kind = "contacts"
    title = _("Contacts")
    model = Contact
    filterset_class = ContactFilterSet
    rows_note = _("Somebody with several roles has a row for each.")
    chunk_class = ContactChunk
    groups = [
        Group(
            _("Contact"),
            [
                Field("id", _("No."), lambda row: row.number),
                Field("first_name", _("First name"), lambda row: row.record.first_name),
                Field("last_name", _("Last name"), lambda row: row.record.last_name),
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                Field("mobile", _("Mobile"), lambda row: best(row.points, MOBILE)),
                Field("phone", _("Phone"), lambda row: best(row.points, PHONE)),
            ],
        ),
        Group(
            _("Role"),
            [
                Field("organisation", _("Organisation"), lambda row: row.organisation and row.organisation.record.name),
                Field("role", _("Role"), of_role("role__name")),
                Field("title", _("Title"), of_role("title")),
                Field("since", _("From"), of_role("since")),
                Field("until", _("Until"), of_role("until")),
                Field("end_reason", _("Why it ended"), of_role("end_reason")),
                Field("is_public", _("May be published"), of_role("is_public")),
                more("role_source", _("Source of the role"), of_role("source")),
                more("confirmed_at", _("Role confirmed"), of_role("confirmed_at")),
                more("confirmed_by", _("Role confirmed by"), of_role("confirmed_by")),
            ],
        ),
        Group(
            _("Organisation"),
            [
                of_organisation("organisation_number", _("Organisation number"), named="organisation_number"),
                of_organisation("kind", _("Kind of organisation")),
                of_organisation("parent", _("Organisation belongs to")),
                of_organisation("email", _("E-mail of the organisation")),
                of_organisation("phone", _("Phone of the organisation")),
                of_organisation("website", _("Web site"), named="website"),
                of_organisation("street", _("Street address"), named="street"),
                of_organisation("postcode", _("Postcode"), named="postcode"),
                of_organisation("city", _("Postal town"), named="city"),
                of_organisation("country", _("Country"), named="country"),
            ],
        ),
        Group(
            _("Municipality"),
            [
                of_organisation("municipality", _("Municipality"), named="municipality"),
                of_organisation("municipality_code", _("Municipality code"), named="municipality_code"),
                of_organisation("subregion", _("Sub-region"), named="subregion"),
                of_organisation("county", _("County"), named="county"),
            ],
        ),
        Group(
            _("Membership and networks"),
            [
                more("member", _("At a member"), lambda row: bool(row.membership)),
                more("member_name", _("Member"), of_member("organisation__name")),
                more("membership_kind", _("Kind of membership"), lambda row: membership_kind(row.membership)),
                more("member_since", _("Member from"), of_member("since")),
                more("networks", _("Networks of the contact"), lambda row: row.chunk.networks.get(row.number)),
                of_organisation("networks", _("Networks of the organisation")),
                more("licences", _("Licences of the contact"), lambda row: row.chunk.licences.get(row.number)),
                more("projects", _("Projects of the contact"), lambda row: row.chunk.projects.get(row.number)),
                of_organisation("projects", _("Projects of the organisation")),
            ],
        ),
        Group(
            _("More about the contact"),
            [
                Field("language", _("Language"), lambda row: word(Contact.Language, row.record.language)),
                Field("source", _("Source"), lambda row: row.record.source),
                Field("quick_facts", _("Quick facts"), lambda row: row.record.quick_facts),
                Field("note", _("Note"), lambda row: row.record.note),
                more("tags", _("Tags"), lambda row: row.chunk.tags.get(row.number)),
                more("all_emails", _("All e-mail addresses"), lambda row: all_of(row.points, EMAIL)),
                more("all_phones", _("All phone numbers"), lambda row: all_of(row.points, MOBILE, PHONE)),
                more("created_on", _("Created"), lambda row: day_of(row.record.created_at)),
                more("archived_on", _("Archived"), lambda row: day_of(row.record.archived_at)),
                more("changed_at", _("Last changed"), lambda row: row.chunk.changed_at.get(row.number)),
            ],
        ),
    ]

    def rows(self, chunk):
        for number in chunk.numbers:
            if record := chunk.records.get(number):
                for role in chunk.roles.get(number) or [None]:
                    yield ContactRow(chunk, record, role)

    def cards(self, chunk, version):
        for number in chunk.numbers:
            if record := chunk.records.get(number):
                roles = [ContactRow(chunk, record, role) for role in chunk.roles.get(number) or [None]]
                yield contact_card(roles, version)
