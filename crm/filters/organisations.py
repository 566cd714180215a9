import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.filters.archived import ArchivedFilter
from crm.filters.as_of import AsOfFilterSet
from crm.filters.contacts import fee_year_choices, subregion_choices
from crm.models import Fee, Municipality, Organisation
from crm.years import OperatingYear


class OrganisationFilterSet(AsOfFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Organisation.Kind, widget=forms.CheckboxSelectMultiple)
    subregion = django_filters.MultipleChoiceFilter(
        label=_("Sub-region"), choices=subregion_choices, field_name="municipality__subregion", widget=forms.CheckboxSelectMultiple
    )
    municipality = django_filters.ModelChoiceFilter(label=_("Municipality"), queryset=Municipality.objects.all())
    member = django_filters.ChoiceFilter(
        label=_("Membership"),
        choices=[("yes", _("Members")), ("no", _("Not members"))],
        empty_label=_("All"),
        method="by_membership",
        widget=forms.RadioSelect,
    )
    fee_paid = django_filters.ChoiceFilter(
        label=_("Fee paid for"), choices=fee_year_choices, empty_label=_("All"), method="by_paid_fee", widget=forms.RadioSelect
    )
    archived = ArchivedFilter()

    class Meta:
        model = Organisation
        fields = []

    def by_membership(self, queryset, name, value):
        members = Organisation.objects.members(self.day).values("pk")
        return queryset.filter(pk__in=members) if value == "yes" else queryset.exclude(pk__in=members)

    def by_paid_fee(self, queryset, name, year):
        paid = Fee.objects.paid(self.as_of).filter(year=OperatingYear.parse(year), membership__archived_at=None)
        return queryset.filter(pk__in=paid.values("membership__organisation"))
