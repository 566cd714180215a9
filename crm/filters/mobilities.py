import django_filters
from django import forms
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crm.filters.archived import ArchivedFilter
from crm.filters.as_of import AsOfFilterSet
from crm.filters.days import OperatingYearFilter
from crm.filters.figures import FigureFilter
from crm.models import Contact, Mobility, Organisation, Project


class MobilityFilterSet(AsOfFilterSet):
    when = django_filters.ChoiceFilter(
        label=_("When"),
        choices=[
            ("away", _("Away that day")),
            ("coming", _("Leaves later")),
            ("home", _("Home again")),
            ("undated", _("Without a day")),
        ],
        empty_label=_("All"),
        method="by_when",
        widget=forms.RadioSelect,
    )
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all())
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Mobility.State, widget=forms.CheckboxSelectMultiple)
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Mobility.Kind, widget=forms.CheckboxSelectMultiple)
    sending = django_filters.ModelChoiceFilter(label=_("Sending partner"), queryset=Organisation.objects.all(), widget=forms.NumberInput)
    receiving = django_filters.ModelChoiceFilter(
        label=_("Receiving partner"), queryset=Organisation.objects.all(), widget=forms.NumberInput
    )
    contact = django_filters.ModelChoiceFilter(label=_("Contact"), queryset=Contact.objects.all(), widget=forms.NumberInput)
    year = OperatingYearFilter(field_name="since", queryset=Mobility.objects.all())
    figure = FigureFilter()
    archived = ArchivedFilter()

    class Meta:
        model = Mobility
        fields = []

    def by_when(self, queryset, name, value):
        """On the day of the list. Who has no day of coming home is away on the day of leaving alone."""
        back = Coalesce("until", "since")
        return {
            "away": queryset.alias(back=back).filter(since__lte=self.day, back__gte=self.day),
            "coming": queryset.filter(since__gt=self.day),
            "home": queryset.alias(back=back).filter(back__lt=self.day),
            "undated": queryset.filter(since=None, until=None),
        }[value]
