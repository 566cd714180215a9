"""Conditions on the role that somebody holds. One and the same role has to meet all of them.

"Head, at a member in Fyrbodal" is whoever is head there; not somebody who is head elsewhere and teaches in Fyrbodal.
"""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.filters.as_of import AsOfFilterSet
from crm.filters.choices import RecordFilter, RecordsFilter, fee_year_choices, subregion_choices
from crm.models import Affiliation, Fee, Membership, Municipality, Organisation, Role
from crm.years import OperatingYear


def at_organisation_or_above(**condition):
    """A condition on the organisation of an affiliation or on what it belongs to, two steps up.

    People work at a learning centre; the member who pays is its municipality or federation.
    """
    ((lookup, value),) = condition.items()
    paths = ("organisation", "organisation__parent", "organisation__parent__parent")
    return Q(*[(f"{path}__{lookup}", value) for path in paths], _connector=Q.OR)


class HeldRoleFilterSet(AsOfFilterSet):
    organisation = RecordFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="with_the_others", widget=forms.NumberInput
    )
    role = RecordsFilter(label=_("Role"), queryset=Role.objects.all(), method="with_the_others", widget=forms.CheckboxSelectMultiple)
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind of organisation"), choices=Organisation.Kind, method="with_the_others", widget=forms.CheckboxSelectMultiple
    )
    subregion = django_filters.MultipleChoiceFilter(
        label=_("Sub-region"), choices=subregion_choices, method="with_the_others", widget=forms.CheckboxSelectMultiple
    )
    municipality = django_filters.ModelChoiceFilter(label=_("Municipality"), queryset=Municipality.objects.all(), method="with_the_others")
    member = django_filters.ChoiceFilter(
        label=_("Membership"),
        choices=[("yes", _("At a member")), ("no", _("Not at a member"))],
        empty_label=_("All"),
        method="by_membership",
        widget=forms.RadioSelect,
    )
    fee_paid = django_filters.ChoiceFilter(
        label=_("Fee paid for"), choices=fee_year_choices, empty_label=_("All"), method="with_the_others", widget=forms.RadioSelect
    )

    # What each asks of the role.
    ROLE_CONDITIONS = {
        "organisation": lambda self, organisation: Q(organisation=organisation),
        "role": lambda self, roles: Q(role__in=[role.pk for role in roles]),
        "kind": lambda self, kinds: Q(organisation__kind__in=kinds),
        "subregion": lambda self, names: Q(organisation__municipality__subregion__in=names),
        "municipality": lambda self, municipality: Q(organisation__municipality=municipality),
        "member": lambda self, value: self.at_a_member() if value == "yes" else Q(),
        "fee_paid": lambda self, year: self.where_paid(year),
    }

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        conditions = self.role_conditions()
        return self.with_role(found, *conditions) if conditions else found

    def with_the_others(self, queryset, name, value):
        return queryset  # see filter_queryset

    def role_conditions(self):
        asked = [(condition, self.form.cleaned_data.get(name)) for name, condition in self.ROLE_CONDITIONS.items()]
        return list(filter(None, (condition(self, value) for condition, value in asked if value)))

    def with_role(self, queryset, *conditions):
        held = Affiliation.objects.on(self.day).filter(*conditions)
        # No join: somebody with two roles is still one row. And nothing asked of each contact, where SQLite might go through the roles
        # of a whole organisation each time.
        return queryset.filter(pk__in=held.values("contact"))

    def at_a_member(self):
        return at_organisation_or_above(pk__in=Membership.objects.held_on(self.day).values("organisation"))

    def where_paid(self, year):
        paid = Fee.objects.paid(self.given_day).filter(year=OperatingYear.parse(year), membership__archived_at=None)
        return at_organisation_or_above(pk__in=paid.values("membership__organisation"))

    def by_membership(self, queryset, name, value):
        """At no member in any role, when it is "no": that is said of the person."""
        if value == "yes":
            return queryset
        return queryset.exclude(pk__in=self.with_role(queryset, self.at_a_member()).values("pk"))
