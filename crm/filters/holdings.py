from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ages import is_of_age
from crm.filters.as_of import AsOfFilterSet
from crm.filters.choices import RecordsFilter
from crm.filters.held_roles import at_organisation_or_above
from crm.models import Affiliation, Contact, Holding, Licence, Organisation

AGES = [
    ("fresh", _("Within a year")),
    ("ageing", _("Over a year ago")),
    ("stale", _("Over two years ago")),
    ("never", _("Never")),
]


class HoldingFilterSet(AsOfFilterSet):
    licence = RecordsFilter(label=_("Licence"), queryset=Licence.objects.all(), widget=forms.CheckboxSelectMultiple)
    when = django_filters.ChoiceFilter(
        label=_("Show"),
        choices=[("ended", _("Ended only")), ("coming", _("To come only")), ("all", _("All times"))],
        empty_label=_("Held that day"),
        method="with_the_day",
        widget=forms.RadioSelect,
    )
    confirmed = django_filters.MultipleChoiceFilter(
        label=_("Last confirmed"), choices=AGES, method="by_age", widget=forms.CheckboxSelectMultiple
    )
    left = django_filters.ChoiceFilter(
        label=_("Holders who have left"),
        choices=[("yes", _("Archived, or without a role there"))],
        empty_label=_("All"),
        method="by_left",
        widget=forms.RadioSelect,
    )
    organisation = django_filters.ModelChoiceFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="by_organisation", widget=forms.NumberInput
    )
    contact = django_filters.ModelChoiceFilter(label=_("Contact"), queryset=Contact.objects.all(), widget=forms.NumberInput)

    class Meta:
        model = Holding
        fields = []

    def filter_queryset(self, queryset):
        """What is held on the day of the list, unless it is asked for something else."""
        found = super().filter_queryset(queryset)
        when = self.form.cleaned_data.get("when")
        if when == "ended":
            return found.filter(until__lt=self.day)
        if when == "coming":
            return found.filter(since__gt=self.day)
        return found if when == "all" else found.on(self.day)

    def with_the_day(self, queryset, name, value):
        return queryset  # see filter_queryset

    def by_age(self, queryset, name, ages):
        return queryset.filter(reduce(or_, [is_of_age("confirmed_at", age, self.day) for age in ages])) if ages else queryset

    def by_left(self, queryset, name, value):
        """Of people alone: archived, or without a role on the day at the organisation for which they have the licence."""
        roles = Affiliation.objects.on(self.day).filter(contact=OuterRef("contact"))
        there = Q(Exists(roles.filter(organisation=OuterRef("organisation")))) | Q(Exists(roles), organisation=None)
        return queryset.exclude(contact=None).filter(Q(contact__archived_at__isnull=False) | ~there)

    def by_organisation(self, queryset, name, organisation):
        """With what belongs to it, two steps down: a municipality's licences are at its learning centre."""
        return queryset.filter(at_organisation_or_above(pk=organisation.pk))
