import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.filters.archived import ArchivedFilter
from crm.filters.as_of import AsOfFilterSet
from crm.filters.choices import operating_year_choices
from crm.models import Contact, Organisation, Partner, Project, ProjectRole
from crm.years import OperatingYear


def year_choices():
    """The operating years in which a project has begun or ended, and those between."""
    days = Project.objects.order_by().values_list("since", "until")
    return operating_year_choices([day for pair in days for day in pair if day])


class ProjectFilterSet(AsOfFilterSet):
    when = django_filters.ChoiceFilter(
        label=_("When"),
        choices=[("now", _("Going on")), ("coming", _("Coming")), ("ended", _("Ended"))],
        empty_label=_("All"),
        method="by_when",
        widget=forms.RadioSelect,
    )
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Project.State, widget=forms.CheckboxSelectMultiple)
    funder = django_filters.ModelChoiceFilter(
        label=_("Funder"), queryset=Organisation.objects.filter(Exists(Project.objects.filter(funder=OuterRef("pk"))))
    )
    partner = django_filters.ModelChoiceFilter(
        label=_("Partner"), queryset=Organisation.objects.all(), method="by_partner", widget=forms.NumberInput
    )
    contact = django_filters.ModelChoiceFilter(
        label=_("Contact"), queryset=Contact.objects.all(), method="by_contact", widget=forms.NumberInput
    )
    year = django_filters.ChoiceFilter(
        label=_("Operating year"), choices=year_choices, empty_label=_("All"), method="by_year", widget=forms.RadioSelect
    )
    archived = ArchivedFilter()

    class Meta:
        model = Project
        fields = []

    def by_when(self, queryset, name, value):
        if value == "now":
            return queryset.going_on(self.day)
        return queryset.filter(since__gt=self.day) if value == "coming" else queryset.filter(until__lt=self.day)

    def by_partner(self, queryset, name, organisation):
        """In it on the day or to its end, or answering for it."""
        partners = Partner.objects.in_projects_on(self.day).filter(organisation=organisation).order_by()
        return queryset.filter(Q(pk__in=partners.values("project")) | Q(lead=organisation))

    def by_contact(self, queryset, name, contact):
        return queryset.filter(pk__in=ProjectRole.objects.in_projects_on(self.day).filter(contact=contact).order_by().values("project"))

    def by_year(self, queryset, name, year):
        period = OperatingYear.parse(year)
        return queryset.during(period.first_day, period.last_day)
