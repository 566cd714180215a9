import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.archived import ArchivedFilter
from crm.filters.choices import RecordFilter
from crm.filters.days import DayRangeFilter, OperatingYearFilter
from crm.filters.figures import FigureFilter
from crm.models import Activity, Contact, Municipality, Network, Organisation, Participation, Project


class ActivityFilterSet(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Activity.Kind, widget=forms.CheckboxSelectMultiple)
    scope = django_filters.ChoiceFilter(label=_("Scope"), choices=Activity.Scope, empty_label=_("All"), widget=forms.RadioSelect)
    direction = django_filters.ChoiceFilter(
        label=_("Direction"), choices=Activity.Direction, empty_label=_("All"), widget=forms.RadioSelect
    )
    conference = django_filters.MultipleChoiceFilter(
        label=_("Which conference"), choices=Activity.Conference, widget=forms.CheckboxSelectMultiple
    )
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
    municipality = RecordFilter(label=_("Municipality of who took part"), queryset=Municipality.objects.all(), method="by_participant_in")
    how = django_filters.MultipleChoiceFilter(
        label=_("How somebody took part"), choices=Participation.How, method="by_how", widget=forms.CheckboxSelectMultiple
    )
    archived = ArchivedFilter()

    class Meta:
        model = Activity
        fields = []

    def by_cancelled(self, queryset, name, value):
        return queryset.not_cancelled() if value == "no" else queryset.exclude(cancelled_on=None)

    def by_participant(self, queryset, name, who):
        # Exists, not a join: an organisation that sent two people is still one row.
        return queryset.filter(Exists(Participation.objects.filter(activity=OuterRef("pk"), **{name: who})))

    def by_participant_in(self, queryset, name, municipality):
        there = Participation.objects.filter(activity=OuterRef("pk"), organisation__municipality=municipality)
        return queryset.filter(Exists(there))

    def by_how(self, queryset, name, values):
        """Somebody took part so: the one that is asked for, where a contact or an organisation is."""
        if not values:
            return queryset
        who = {one: self.form.cleaned_data[one] for one in ("contact", "organisation") if self.form.cleaned_data.get(one)}
        return queryset.filter(Exists(Participation.objects.filter(activity=OuterRef("pk"), how__in=values, **who)))
