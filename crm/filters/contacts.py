"""The language of filters: what the contact list, an export, a segment and a newsletter's audience go by."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.exceptions import FilterError
from crm.filters.archived import ArchivedFilter
from crm.filters.as_of import AsOfFilterSet
from crm.filters.descriptions import describe_with
from crm.models import Affiliation, Contact, Fee, Membership, Municipality, Network, Organisation, Role, Seat
from crm.years import OperatingYear


def subregion_choices():
    names = Municipality.objects.exclude(subregion="").order_by("subregion").values_list("subregion", flat=True).distinct()
    return [(name, name) for name in names]


def fee_year_choices():
    years = Fee.objects.order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


def at_organisation_or_above(**condition):
    """A condition on the organisation of an affiliation or on what it belongs to, two steps up.

    People work at a learning centre; the member who pays is its municipality or federation.
    """
    ((lookup, value),) = condition.items()
    paths = ("organisation", "organisation__parent", "organisation__parent__parent")
    return Q(*[(f"{path}__{lookup}", value) for path in paths], _connector=Q.OR)


class RoleField(django_filters.fields.ModelMultipleChoiceField):
    def _check_values(self, value):
        try:
            return super()._check_values(value)
        except OverflowError:  # SQLite: a number in the address that no key can be
            raise ValidationError(self.error_messages["invalid_choice"], params={"value": value}) from None


class RoleFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = RoleField


class ContactFilterSet(AsOfFilterSet):
    organisation = django_filters.ModelChoiceFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="by_affiliation", widget=forms.NumberInput
    )
    role = RoleFilter(label=_("Role"), queryset=Role.objects.all(), method="by_role", widget=forms.CheckboxSelectMultiple)
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind of organisation"), choices=Organisation.Kind, method="by_kind", widget=forms.CheckboxSelectMultiple
    )
    subregion = django_filters.MultipleChoiceFilter(
        label=_("Sub-region"), choices=subregion_choices, method="by_subregion", widget=forms.CheckboxSelectMultiple
    )
    municipality = django_filters.ModelChoiceFilter(
        label=_("Municipality"), queryset=Municipality.objects.all(), method="by_affiliation_municipality"
    )
    member = django_filters.ChoiceFilter(
        label=_("Membership"),
        choices=[("yes", _("At a member")), ("no", _("Not at a member"))],
        empty_label=_("All"),
        method="by_membership",
        widget=forms.RadioSelect,
    )
    fee_paid = django_filters.ChoiceFilter(
        label=_("Fee paid for"), choices=fee_year_choices, empty_label=_("All"), method="by_paid_fee", widget=forms.RadioSelect
    )
    network = django_filters.ModelChoiceFilter(label=_("Network"), queryset=Network.objects.all(), method="by_network")
    in_role = django_filters.ChoiceFilter(
        label=_("Contact persons"),
        choices=[("yes", _("With a role")), ("no", _("Without a role"))],
        empty_label=_("All"),
        method="by_in_role",
        widget=forms.RadioSelect,
    )
    archived = ArchivedFilter()

    class Meta:
        model = Contact
        fields = []

    @classmethod
    def implied(cls, params):
        """As of a day, the list is of those who had a role then, unless it is asked for others, or for seats in a network."""
        if params.get("on") and not params.get("in_role") and not params.get("network"):
            return [_("Only people with a role that day")]
        return []

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return self._with_affiliation(found) if self.implied(self.data) else found

    def _with_affiliation(self, queryset, *conditions):
        held = Affiliation.objects.on(self.day).filter(*conditions, contact=OuterRef("pk"))
        # Exists, not a join: somebody with two roles is still one row.
        return queryset.filter(Exists(held))

    def by_affiliation(self, queryset, name, organisation):
        return self._with_affiliation(queryset, Q(organisation=organisation))

    def by_affiliation_municipality(self, queryset, name, municipality):
        return self._with_affiliation(queryset, Q(organisation__municipality=municipality))

    def by_role(self, queryset, name, roles):
        return self._with_affiliation(queryset, Q(role__in=roles)) if roles else queryset

    def by_kind(self, queryset, name, kinds):
        return self._with_affiliation(queryset, Q(organisation__kind__in=kinds)) if kinds else queryset

    def by_subregion(self, queryset, name, subregions):
        return self._with_affiliation(queryset, Q(organisation__municipality__subregion__in=subregions)) if subregions else queryset

    def by_membership(self, queryset, name, value):
        members = Membership.objects.held_on(self.day).values("organisation")
        matching = self._with_affiliation(queryset, at_organisation_or_above(pk__in=members))
        return matching if value == "yes" else queryset.exclude(pk__in=matching.values("pk"))

    def by_paid_fee(self, queryset, name, year):
        paid = Fee.objects.paid(self.as_of).filter(year=OperatingYear.parse(year), membership__archived_at=None)
        return self._with_affiliation(queryset, at_organisation_or_above(pk__in=paid.values("membership__organisation")))

    def by_in_role(self, queryset, name, value):
        in_role = Contact.objects.in_role(self.day).values("pk")
        return queryset.filter(pk__in=in_role) if value == "yes" else queryset.exclude(pk__in=in_role)

    def by_network(self, queryset, name, network):
        seats = Seat.objects.on(self.day).filter(network=network)
        return queryset.filter(Q(Exists(seats.filter(contact=OuterRef("pk")))))


def contacts_matching(query):
    """Return the contacts that the list shows for an address' query string ("member=yes&role=3&q=lind").

    Raises FilterError when a value no longer exists, a deleted network for example: leaving that condition out would
    let in people whom the filter was made to keep out.
    """
    params = QueryDict(query)
    filters = ContactFilterSet(params, queryset=Contact.objects.all())
    if not filters.is_valid():
        raise FilterError({str(filters.form.fields[name].label): messages for name, messages in filters.errors.items()})
    return filters.qs.search(params.get("q", ""))


def describe(query):
    """Return the conditions of a query string in words, one each: ["Sub-region: Fyrbodal", "Membership: At a member"]."""
    return describe_all([query])[0]


def describe_all(queries):
    """The same for many query strings, with as many database queries as for one."""
    return describe_with(ContactFilterSet, queries)
