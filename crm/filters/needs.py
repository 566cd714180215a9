import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.archived import ArchivedFilter
from crm.filters.choices import RecordFilter, subregion_choices
from crm.filters.days import OperatingYearFilter
from crm.models import Contact, Municipality, Need, Organisation
from crm.training import Area, Level, Sector


class NeedFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Need.State, widget=forms.CheckboxSelectMultiple)
    source = django_filters.MultipleChoiceFilter(label=_("Source"), choices=Need.Source, widget=forms.CheckboxSelectMultiple)
    known = django_filters.ChoiceFilter(
        label=_("Company"),
        choices=[("yes", _("In the register")), ("no", _("Not found out yet"))],
        empty_label=_("All"),
        method="by_known",
        widget=forms.RadioSelect,
    )
    area = django_filters.MultipleChoiceFilter(label=_("Area of education"), choices=Area, widget=forms.CheckboxSelectMultiple)
    sector = django_filters.MultipleChoiceFilter(label=_("Sector"), choices=Sector, widget=forms.CheckboxSelectMultiple)
    level = django_filters.MultipleChoiceFilter(label=_("SeQF level"), choices=Level, widget=forms.CheckboxSelectMultiple)
    matched = django_filters.ChoiceFilter(
        label=_("Matched to courses"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        empty_label=_("All"),
        method="by_matched",
        widget=forms.RadioSelect,
    )
    municipality = django_filters.ModelChoiceFilter(label=_("Municipality"), queryset=Municipality.objects.all(), method="by_municipality")
    subregion = django_filters.ChoiceFilter(label=_("Sub-region"), choices=subregion_choices, method="by_subregion")
    organisation = RecordFilter(label=_("Company"), queryset=Organisation.objects.all(), widget=forms.NumberInput)
    contact = RecordFilter(label=_("Contact"), queryset=Contact.objects.all(), widget=forms.NumberInput)
    year = OperatingYearFilter(field_name="received_on", queryset=Need.objects.all())
    archived = ArchivedFilter()

    class Meta:
        model = Need
        fields = []

    def by_known(self, queryset, name, value):
        return queryset.filter(organisation__isnull=value == "no")

    def by_matched(self, queryset, name, value):
        matched = Need.objects.filter(matches__isnull=False).order_by().values("pk")
        return queryset.filter(pk__in=matched) if value == "yes" else queryset.exclude(pk__in=matched)

    def by_municipality(self, queryset, name, municipality):
        return queryset.filter(of_place(municipality))

    def by_subregion(self, queryset, name, subregion):
        return queryset.filter(of_place(Municipality.objects.filter(subregion=subregion).order_by().values("pk"), "__in"))


def of_place(place, lookup=""):
    """What the need says of itself goes before what the register says of the company."""
    own, of_company = Q(**{f"municipality{lookup}": place}), Q(**{f"organisation__municipality{lookup}": place})
    return own | (of_company & Q(municipality=None))
