import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.archived import ArchivedFilter
from crm.filters.days import OperatingYearFilter
from crm.filters.figures import FigureFilter
from crm.models import Contact, Mobility, Organisation, Project


class MobilityFilterSet(WagtailFilterSet):
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
