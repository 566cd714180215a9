import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.choices import RecordFilter, subregion_choices
from crm.filters.days import DayRangeFilter, OperatingYearFilter
from crm.models import Contact, Interest, Municipality, Organisation, Project


class InterestFilterSet(WagtailFilterSet):
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all())
    day = DayRangeFilter(label=_("Day"), field_name="day")
    municipality = django_filters.ModelChoiceFilter(
        label=_("Municipality"), field_name="organisation__municipality", queryset=Municipality.objects.all()
    )
    subregion = django_filters.ChoiceFilter(
        label=_("Sub-region"), field_name="organisation__municipality__subregion", choices=subregion_choices
    )
    organisation = RecordFilter(label=_("Organisation"), queryset=Organisation.objects.all(), widget=forms.NumberInput)
    contact = RecordFilter(label=_("Contact"), queryset=Contact.objects.all(), widget=forms.NumberInput)
    year = OperatingYearFilter(field_name="day", queryset=Interest.objects.all())

    class Meta:
        model = Interest
        fields = []
