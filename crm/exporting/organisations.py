from collections import defaultdict
from functools import cached_property

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, MOBILE, PHONE, all_of, best, points_of
from crm.exporting.fields import CardExportable, Chunk, Field, Group, more
from crm.exporting.registry import exportable
from crm.exporting.tags import tags_of
from crm.exporting.values import country, word
from crm.exporting.vcards import organisation_card
from crm.filters.organisations import OrganisationFilterSet
from crm.models import Affiliation, Change, Holding, Membership, Organisation, Partner, Seat
from crm.services.bulk import among

_COLUMNS = (
    "pk", "name", "kind", "organisation_number", "country", "website", "street", "postcode", "city", "is_own", "quick_facts", "note",
    "archived_at",
    "parent_id", "parent__parent_id", "parent__name",
    "municipality__name", "municipality__code", "municipality__county", "municipality__subregion",
)  # fmt: skip


class OrganisationChunk(Chunk):
    @cached_property
    def records(self):
        """{number: record}, without the searched text and other ballast."""
        found = Organisation.objects.filter(pk__in=among(self.numbers, "bigint"))
        return {record.pk: record for record in found.values_list(*_COLUMNS, named=True)}

    @cached_property
    def points(self):
        return points_of("organisation", self.numbers)

    @cached_property
    def memberships(self):
        """{number of the member: its membership of the day}, for the organisations and what they belong to, two steps up."""
        above = {number for record in self.records.values() for number in (record.pk, record.parent_id, record.parent__parent_id)}
        held = Membership.objects.held_on(self.day).filter(organisation__in=among(above - {None}, "bigint"))
        columns = ("organisation_id", "organisation__name", "kind", "since")
        return {one.organisation_id: one for one in held.order_by("pk").values_list(*columns, named=True)}

    @cached_property
    def networks(self):
        return networks_of("organisation", self)

    @cached_property
    def licences(self):
        return licences_of("organisation", self)

    @cached_property
    def projects(self):
        return projects_of(Partner.objects, "organisation", self)

    @cached_property
    def people(self):
        """{number: [(name, role)]} of the contact persons of the day."""
        found = defaultdict(list)
        roles = Affiliation.objects.held_by_active_contacts(self.day).filter(organisation__in=among(self.numbers, "bigint"))
        columns = ("organisation_id", "contact__first_name", "contact__last_name", "title", "role__name")
        for number, first_name, last_name, title, role in roles.order_by("contact__sort_key", "pk").values_list(*columns):
            found[number].append((f"{first_name} {last_name}".strip(), title or role))
        return found

    @cached_property
    def tags(self):
        return tags_of("organisation", self.numbers)

    @cached_property
    def changed_at(self):
        return last_changes("organisation_id", self.numbers)


class OrganisationRow:
    __slots__ = ("chunk", "number", "record")

    def __init__(self, chunk, record):
        self.chunk, self.record, self.number = chunk, record, record.pk

    @property
    def points(self):
        return self.chunk.points[self.number]

    @property
    def own_membership(self):
        return self.chunk.memberships.get(self.number)

    @property
    def membership(self):
        """Its own, or that of what it belongs to: a learning centre is a member through its municipality."""
        held = self.chunk.memberships
        record = self.record
        return held.get(self.number) or held.get(record.parent_id) or held.get(record.parent__parent_id)

    @property
    def people(self):
        return "; ".join(", ".join(filter(None, person)) for person in self.chunk.people[self.number])


def networks_of(holder, chunk):
    """Return {number of the holder: "Network A; Network B"} of the seats of the day."""
    return _names_of("network", Seat, holder, chunk)


def licences_of(holder, chunk):
    """The same of the licences that are held on the day."""
    return _names_of("licence", Holding, holder, chunk)


def _names_of(what, model, holder, chunk):
    found = defaultdict(list)
    held = model.objects.on(chunk.day).filter(**{f"{holder}__in": among(chunk.numbers, "bigint"), f"{what}__archived_at": None})
    for number, name in held.order_by(f"{what}__sort_key", "pk").values_list(f"{holder}_id", f"{what}__name"):
        if name not in found[number]:
            found[number].append(name)
    return {number: "; ".join(names) for number, names in found.items()}


def projects_of(lines, holder, chunk):
    """Return {number of the holder: "Project A; Project B"} of the partners or roles of the day."""
    found = defaultdict(list)
    held = lines.on(chunk.day).filter(**{f"{holder}__in": among(chunk.numbers, "bigint")}, project__archived_at=None)
    columns = (f"{holder}_id", "project__short_name", "project__name")
    for number, short_name, name in held.order_by("project__sort_key", "pk").values_list(*columns):
        if (called := short_name or name) not in found[number]:
            found[number].append(called)
    return {number: "; ".join(names) for number, names in found.items()}


def last_changes(owner, numbers):
    """Return {number: when something of the record was last changed}, from the ledger."""
    changes = Change.objects.filter(**{f"{owner}__in": among(numbers, "bigint")})
    return dict(changes.order_by().values_list(owner).annotate(Max("change_set__at")))


def day_of(moment):
    return timezone.localdate(moment) if moment else None


@exportable
class OrganisationExport(CardExportable):
    kind = "organisations"
    title = _("Organisations")
    model = Organisation
    filterset_class = OrganisationFilterSet
    chunk_class = OrganisationChunk
    groups = (
        Group(
            _("Organisation"),
            [
                Field("id", _("No."), lambda row: row.number),
                Field("name", _("Organisation"), lambda row: row.record.name),
                Field("kind", _("Kind"), lambda row: word(Organisation.Kind, row.record.kind)),
                Field("parent", _("Belongs to"), lambda row: row.record.parent__name),
                Field("organisation_number", _("Organisation number"), lambda row: row.record.organisation_number),
            ],
        ),
        Group(
            _("Place"),
            [
                Field("municipality", _("Municipality"), lambda row: row.record.municipality__name),
                more("municipality_code", _("Municipality code"), lambda row: row.record.municipality__code),
                more("subregion", _("Sub-region"), lambda row: row.record.municipality__subregion),
                more("county", _("County"), lambda row: row.record.municipality__county),
                Field("country", _("Country"), lambda row: country(row.record.country)),
            ],
        ),
        Group(
            _("How to reach it"),
            [
                Field("email", _("E-mail"), lambda row: best(row.points, EMAIL)),
                Field("phone", _("Phone"), lambda row: best(row.points, PHONE)),
                more("mobile", _("Mobile"), lambda row: best(row.points, MOBILE)),
                more("all_emails", _("All e-mail addresses"), lambda row: all_of(row.points, EMAIL)),
                more("all_phones", _("All phone numbers"), lambda row: all_of(row.points, MOBILE, PHONE)),
                Field("website", _("Web site"), lambda row: row.record.website),
                Field("street", _("Street address"), lambda row: row.record.street),
                Field("postcode", _("Postcode"), lambda row: row.record.postcode),
                Field("city", _("Postal town"), lambda row: row.record.city),
            ],
        ),
        Group(
            _("Membership and networks"),
            [
                more("member", _("Member"), lambda row: row.own_membership is not None),
                more("membership_kind", _("Kind of membership"), lambda row: membership_kind(row.own_membership)),
                more("member_since", _("Member from"), lambda row: row.own_membership and row.own_membership.since),
                more("networks", _("Networks"), lambda row: row.chunk.networks.get(row.number)),
                more("licences", _("Licences"), lambda row: row.chunk.licences.get(row.number)),
                more("projects", _("Projects"), lambda row: row.chunk.projects.get(row.number)),
            ],
        ),
        Group(
            _("Contact persons"),
            [
                more("people_count", _("Number of contact persons"), lambda row: len(row.chunk.people[row.number])),
                more("people", _("Contact persons"), lambda row: row.people),
            ],
        ),
        Group(
            _("Other"),
            [
                Field("is_own", _("The association itself"), lambda row: row.record.is_own or None),
                Field("quick_facts", _("Quick facts"), lambda row: row.record.quick_facts),
                Field("note", _("Note"), lambda row: row.record.note),
                more("tags", _("Tags"), lambda row: row.chunk.tags.get(row.number)),
                Field("archived_on", _("Archived"), lambda row: day_of(row.record.archived_at)),
                more("changed_at", _("Last changed"), lambda row: row.chunk.changed_at.get(row.number)),
            ],
        ),
    )

    def rows(self, chunk):
        return [OrganisationRow(chunk, chunk.records[number]) for number in chunk.numbers if number in chunk.records]

    def cards(self, chunk, version):
        for row in self.rows(chunk):
            yield organisation_card(row, version)


def membership_kind(membership):
    return word(Membership.Kind, membership.kind) if membership else ""
