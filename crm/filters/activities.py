import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.archived import ArchivedFilter
from crm.filters.choices import RecordFilter
from crm.filters.days import DayRangeFilter, OperatingYearFilter
from crm.filters.figures import FigureFilter
from crm.models import Activity, Contact, Network, Organisation, Participation, Project


class ActivityFilterSet(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Activity.Kind, widget=forms.CheckboxSelectMultiple)
    day = DayRangeFilter(label=_("When"))
    year = OperatingYearFilter(field_name="day", queryset=Activity.objects.all())
    organisation = RecordFilter(
        label=_("Organisation"), queryset=Organisation.objects.all(), method="by_participant", widget=forms.NumberInput
    )
    contact = RecordFilter(label=_("Contact"), queryset=Contact.objects.all(), method="by_participant", widget=forms.NumberInput)
    network = django_filters.ModelChoiceFilter(label=_("Network"), queryset=Network.objects.all())
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all())
    cancelled = django_filters.ChoiceFilter(
        label=_("Called off"),
        choices=[("no", _("Not called off")), ("yes", _("Called off"))],
        empty_label=_("All"),
        method="by_cancelled",
        widget=forms.RadioSelect,
    )
    figure = FigureFilter()
    archived = ArchivedFilter()

    class Meta:
        model = Activity
        fields = []

    def by_cancelled(self, queryset, name, value):
        return queryset.not_cancelled() if value == "no" else queryset.exclude(cancelled_on=None)

    def by_participant(self, queryset, name, who):
        # Exists, not a join: an organisation that sent two people is still one row.
        return queryset.filter(Exists(Participation.objects.filter(activity=OuterRef("pk"), **{name: who})))
