import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from crm.filters.archived import ArchivedFilter
from crm.filters.as_of import AsOfFilterSet
from crm.filters.choices import fee_year_choices
from crm.models import Fee, Membership
from crm.years import OperatingYear


class MembershipFilterSet(AsOfFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Membership.Kind, widget=forms.CheckboxSelectMultiple)
    current = django_filters.ChoiceFilter(
        label=_("Membership"),
        choices=[("yes", _("Current members")), ("no", _("Former and future members"))],
        empty_label=_("All"),
        method="by_current",
        widget=forms.RadioSelect,
    )
    fee_paid = django_filters.ChoiceFilter(
        label=_("Fee paid for"), choices=fee_year_choices, empty_label=_("All"), method="by_paid_fee", widget=forms.RadioSelect
    )
    fee_unpaid = django_filters.ChoiceFilter(
        label=_("Fee not paid for"), choices=fee_year_choices, empty_label=_("All"), method="by_unpaid_fee", widget=forms.RadioSelect
    )
    archived = ArchivedFilter(was_mistake=True)

    class Meta:
        model = Membership
        fields = []

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        # As of a day, the list shows who was a member that day, unless it is asked for the others.
        return found.on(self.as_of) if self.as_of and not self.form.cleaned_data["current"] else found

    def by_current(self, queryset, name, value):
        current = Membership.objects.on(self.day).values("pk")
        return queryset.filter(pk__in=current) if value == "yes" else queryset.exclude(pk__in=current)

    def by_paid_fee(self, queryset, name, year):
        paid = Fee.objects.paid(self.as_of).filter(membership=OuterRef("pk"), year=OperatingYear.parse(year))
        return queryset.filter(Exists(paid))

    def by_unpaid_fee(self, queryset, name, year):
        period = OperatingYear.parse(year)
        paid = Fee.objects.paid(self.as_of).filter(membership=OuterRef("pk"), year=period)
        return queryset.during(period.first_day, period.last_day).filter(~Exists(paid))
