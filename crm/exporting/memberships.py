"""Memberships: a row for the fee of each operating year, and one for a membership without any."""

from functools import cached_property

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from crm.exporting.contact_points import EMAIL, best, points_of
from crm.exporting.fields import Chunk, Exportable, Field, Group, more
from crm.exporting.organisations import OrganisationChunk, OrganisationExport, OrganisationRow, day_of
from crm.exporting.registry import exportable
from crm.exporting.values import word
from crm.filters.memberships import MembershipFilterSet
from crm.models import Fee, Membership


class MembershipChunk(Chunk):
    @cached_property
    def memberships(self):
        fees = Fee.objects.begun_by(self.asked_day) if self.asked_day else Fee.objects.all()
        return self.load(Membership.objects.select_related("organisation").prefetch_related(Prefetch("fees", fees)))

    @cached_property
    def organisations(self):
        chunk = OrganisationChunk(sorted({membership.organisation_id for membership in self.memberships}), self.asked_day)
        return {number: OrganisationRow(chunk, record) for number, record in chunk.records.items()}

    @cached_property
    def fee_points(self):
        return points_of("contact", {membership.fee_contact_id for membership in self.memberships} - {None})


class MembershipRow:
    """A membership with the fee of one year, or with none."""

    __slots__ = ("chunk", "fee", "membership")

    def __init__(self, chunk, membership, fee):
        self.chunk, self.membership, self.fee = chunk, membership, fee

    @property
    def number(self):
        return self.membership.pk

    @property
    def organisation(self):
        return self.chunk.organisations[self.membership.organisation_id]

    @property
    def fee_points(self):
        return self.chunk.fee_points[self.membership.fee_contact_id] if self.membership.fee_contact_id else ()


def of_fee(name):
    return lambda row: getattr(row.fee, name) if row.fee else None


def of_organisation(key, label):
    value = OrganisationExport().fields[key].value
    return more(key, label, lambda row: value(row.organisation))


@exportable
class MembershipExport(Exportable):
    kind = "memberships"
    title = _("Memberships and fees")
    model = Membership
    filterset_class = MembershipFilterSet
    rows_note = _("A membership has a row for the fee of each year.")
    chunk_class = MembershipChunk
    groups = (
        Group(
            _("Membership"),
            [
                Field("organisation", _("Organisation"), lambda row: row.membership.organisation.name),
                Field("kind", _("Kind of membership"), lambda row: word(Membership.Kind, row.membership.kind)),
                Field("since", _("Member from"), lambda row: row.membership.since),
                Field("until", _("Member until"), lambda row: row.membership.until),
                Field("fee_contact", _("The fee is sent to (e-mail)"), lambda row: best(row.fee_points, EMAIL)),
                more("archived_on", _("Archived"), lambda row: day_of(row.membership.archived_at)),
            ],
        ),
        Group(
            _("Fee"),
            [
                Field("year", _("Operating year"), lambda row: str(row.fee.year) if row.fee else None),
                Field("amount", _("Fee (SEK)"), of_fee("amount")),
                Field("number", _("No. of the fee document"), of_fee("number")),
                Field("invoiced_on", _("Invoiced"), of_fee("invoiced_on")),
                Field("due_on", _("Due"), of_fee("due_on")),
                Field("paid_on", _("Paid"), of_fee("paid_on")),
                more("state", _("State of the fee"), lambda row: str(row.fee.state_on(row.chunk.day)) if row.fee else None),
            ],
        ),
        Group(
            _("Organisation"),
            [
                of_organisation("organisation_number", _("Organisation number")),
                more("email", _("E-mail"), lambda row: best(row.organisation.points, EMAIL)),
                of_organisation("street", _("Street address")),
                of_organisation("postcode", _("Postcode")),
                of_organisation("city", _("Postal town")),
                of_organisation("municipality", _("Municipality")),
                of_organisation("municipality_code", _("Municipality code")),
                of_organisation("subregion", _("Sub-region")),
                of_organisation("people", _("Contact persons")),
            ],
        ),
    )

    def rows(self, chunk):
        return [MembershipRow(chunk, membership, fee) for membership in chunk.memberships for fee in membership.fees.all() or [None]]
