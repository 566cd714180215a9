import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.filters.as_of import AsOfFilterSet
from crm.filters.choices import RecordFilter, operating_year_choices, subregion_choices
from crm.filters.figures import FigureFilter
from crm.models import Organisation, Relationship
from crm.years import OperatingYear


def begun_choices():
    """The operating years in which a relation has begun, and those between."""
    return operating_year_choices([day for day in Relationship.objects.order_by().values_list("since", flat=True) if day])


class RelationshipFilterSet(AsOfFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Relationship.Kind, widget=forms.CheckboxSelectMultiple)
    when = django_filters.ChoiceFilter(
        label=_("Show"),
        choices=[("ended", _("Ended only")), ("coming", _("To come only")), ("all", _("All times"))],
        empty_label=_("Going on that day"),
        method="with_the_day",
        widget=forms.RadioSelect,
    )
    begun = django_filters.ChoiceFilter(
        label=_("Begun in operating year"), choices=begun_choices, empty_label=_("All"), method="by_begun", widget=forms.RadioSelect
    )
    organisation = RecordFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="by_organisation", widget=forms.NumberInput
    )
    subregion = django_filters.MultipleChoiceFilter(
        label=_("Sub-region"), choices=subregion_choices, method="by_subregion", widget=forms.CheckboxSelectMultiple
    )
    figure = FigureFilter()

    class Meta:
        model = Relationship
        fields = []

    def filter_queryset(self, queryset):
        """What holds on the day of the list, unless it is asked for something else; of a year, all that began in it."""
        found = super().filter_queryset(queryset)
        when = self.form.cleaned_data.get("when")
        if when == "ended":
            return found.filter(until__lt=self.day)
        if when == "coming":
            return found.filter(since__gt=self.day)
        return found if when == "all" or self.form.cleaned_data.get("begun") else found.on(self.day)

    def with_the_day(self, queryset, name, value):
        return queryset  # see filter_queryset

    def by_begun(self, queryset, name, year):
        period = OperatingYear.parse(year)
        return queryset.filter(since__gte=period.first_day, since__lte=period.last_day)

    def by_organisation(self, queryset, name, organisation):
        return queryset.of(organisation)

    def by_subregion(self, queryset, name, names):
        either = Q(organisation__municipality__subregion__in=names) | Q(other__municipality__subregion__in=names)
        return queryset.filter(either) if names else queryset
