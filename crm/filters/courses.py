import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.archived import ArchivedFilter
from crm.filters.days import OperatingYearFilter
from crm.filters.figures import FigureFilter
from crm.models import Course, Organisation, Project
from crm.training import Area, FocusArea, Level


def providers(request):
    return Organisation.objects.filter(pk__in=Course.objects.exclude(provider=None).order_by().values("provider"))


class CourseFilterSet(WagtailFilterSet):
    when = django_filters.ChoiceFilter(
        label=_("When"),
        choices=[("ahead", _("Ahead, or going on")), ("over", _("Over, given or cancelled"))],
        empty_label=_("All"),
        method="by_when",
        widget=forms.RadioSelect,
    )
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Course.State, widget=forms.CheckboxSelectMultiple)
    left = django_filters.ChoiceFilter(
        label=_("Seats"),
        choices=[("yes", _("With seats left")), ("no", _("No seat left")), ("waiting", _("With a waiting list"))],
        empty_label=_("All"),
        method="by_seats_left",
        widget=forms.RadioSelect,
    )
    how = django_filters.MultipleChoiceFilter(
        label=_("Format"), field_name="format", choices=Course.Format, widget=forms.CheckboxSelectMultiple
    )
    pilot = django_filters.ChoiceFilter(
        label=_("Pilot"),
        choices=[("yes", _("Pilots only")), ("no", _("Without pilots"))],
        empty_label=_("All"),
        method="by_pilot",
        widget=forms.RadioSelect,
    )
    area = django_filters.MultipleChoiceFilter(label=_("Area of education"), choices=Area, widget=forms.CheckboxSelectMultiple)
    level = django_filters.MultipleChoiceFilter(label=_("SeQF level"), choices=Level, widget=forms.CheckboxSelectMultiple)
    focus_area = django_filters.MultipleChoiceFilter(label=_("Focus area"), choices=FocusArea, widget=forms.CheckboxSelectMultiple)
    provider = django_filters.ModelChoiceFilter(label=_("Provider"), queryset=providers)
    project = django_filters.ModelChoiceFilter(label=_("Project"), queryset=Project.objects.all())
    year = OperatingYearFilter(field_name="since", queryset=Course.objects.all())
    figure = FigureFilter()
    archived = ArchivedFilter()

    class Meta:
        model = Course
        fields = []

    def by_when(self, queryset, name, value):
        ahead = Course.objects.ahead(timezone.localdate()).order_by().values("pk")
        return queryset.filter(pk__in=ahead) if value == "ahead" else queryset.exclude(pk__in=ahead)

    def by_seats_left(self, queryset, name, value):
        counted = Course.objects.with_seats()
        conditions = {"yes": Q(left__gt=0) | Q(left=None), "no": Q(left__lte=0), "waiting": Q(waiting__gt=0)}
        return queryset.filter(pk__in=counted.filter(conditions[value]).order_by().values("pk"))

    def by_pilot(self, queryset, name, value):
        return queryset.filter(is_pilot=value == "yes")
