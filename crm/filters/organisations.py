import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.filters.archived import ArchivedFilter
from crm.filters.choices import RecordsFilter, fee_year_choices, subregion_choices
from crm.filters.figures import FigureFilter
from crm.filters.meetings import MetFilterSet
from crm.filters.missed import organisations_that_missed
from crm.models import (
    Affiliation,
    Fee,
    Holding,
    Interest,
    Licence,
    Municipality,
    Need,
    Network,
    Organisation,
    Partner,
    Project,
    Role,
    Seat,
    Tag,
    Tagging,
)
from crm.training import Area
from crm.years import OperatingYear

# From a unit to the member that it belongs to, two steps up.
UPWARDS = ("organisation", "organisation__parent", "organisation__parent__parent")


class OrganisationFilterSet(MetFilterSet):
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
    network = django_filters.ModelChoiceFilter(label=_("Network"), queryset=Network.objects.all(), method="by_network")
    missed = django_filters.ModelChoiceFilter(
        label=_("Missed the last two meetings of"), queryset=Network.objects.all(), method="by_missed"
    )
    licence = django_filters.ModelChoiceFilter(label=_("Licence"), queryset=Licence.objects.all(), method="by_licence")
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all(), method="by_project")
    interested = django_filters.ModelChoiceFilter(
        label=_("Interested in the project"), queryset=Project.objects.all(), method="by_interest"
    )
    needs = django_filters.MultipleChoiceFilter(
        label=_("Needs to learn"), choices=Area, method="by_needs", widget=forms.CheckboxSelectMultiple
    )
    people = django_filters.ChoiceFilter(
        label=_("People"),
        choices=[("yes", _("With contact persons")), ("no", _("Without contact persons"))],
        empty_label=_("All"),
        method="by_people",
        widget=forms.RadioSelect,
    )
    vacant = django_filters.ModelChoiceFilter(label=_("Vacant role"), queryset=Role.objects.all(), method="by_vacant_role")
    tag = RecordsFilter(label=_("Tag"), queryset=Tag.objects.all(), method="by_tag", widget=forms.CheckboxSelectMultiple)
    figure = FigureFilter()
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

    def by_network(self, queryset, name, network):
        seats = Seat.objects.on(self.day).filter(network=network).exclude(organisation=None)
        return queryset.filter(pk__in=seats.order_by().values("organisation"))

    def by_missed(self, queryset, name, network):
        return queryset.filter(pk__in=organisations_that_missed(network, self.day))

    def by_licence(self, queryset, name, licence):
        held = Holding.objects.on(self.day).filter(licence=licence).exclude(organisation=None)
        return queryset.filter(pk__in=held.order_by().values("organisation"))

    def by_project(self, queryset, name, project):
        partners = Partner.objects.in_projects_on(self.day).filter(project=project).order_by()
        return queryset.filter(Q(pk__in=partners.values("organisation")) | Q(pk=project.lead_id))

    def by_interest(self, queryset, name, project):
        said = Interest.objects.filter(project=project)
        if self.as_of:
            said = said.filter(Q(day=None) | Q(day__lte=self.as_of))
        return queryset.filter(pk__in=said.order_by().values("organisation"))

    def by_needs(self, queryset, name, areas):
        """What no course has met yet."""
        needs = Need.objects.active().to_meet().filter(area__in=areas).exclude(organisation=None)
        return queryset.filter(pk__in=needs.order_by().values("organisation")) if areas else queryset

    def by_people(self, queryset, name, value):
        held = Exists(Affiliation.objects.held_by_active_contacts(self.day).filter(organisation=OuterRef("pk")))
        return queryset.filter(held if value == "yes" else ~held)

    def by_vacant_role(self, queryset, name, role):
        """Nobody holds the role at the organisation or at what belongs to it, two steps down: a member's head is at its centre."""
        held = Affiliation.objects.held_by_active_contacts(self.day).filter(role=role).order_by()
        filled = [Q(pk__in=held.exclude(**{path: None}).values(path)) for path in UPWARDS]
        return queryset.exclude(Q(*filled, _connector=Q.OR))

    def by_tag(self, queryset, name, tags):
        if not tags:
            return queryset
        return queryset.filter(pk__in=Tagging.objects.filter(tag__in=tags).exclude(organisation=None).order_by().values("organisation"))

    def met_in(self, queryset, meetings):
        return queryset.filter(self._took_part(meetings))

    def not_met_in(self, queryset, meetings):
        return queryset.exclude(self._took_part(meetings))

    @staticmethod
    def _took_part(meetings):
        """The organisation itself or one of its units, or somebody who had a role there that day and came for no other."""
        since, until = "contact__affiliations__since", "contact__affiliations__until"
        through_people = meetings.filter(
            Q(**{since: None}) | Q(**{f"{since}__lte": F("activity__day")}),
            Q(**{until: None}) | Q(**{f"{until}__gte": F("activity__day")}),
            organisation=None,
            contact__affiliations__isnull=False,
        )
        found = [(meetings, path) for path in UPWARDS] + [(through_people, f"contact__affiliations__{path}") for path in UPWARDS]
        return Q(*[("pk__in", held.exclude(**{path: None}).values(path)) for held, path in found], _connector=Q.OR)
