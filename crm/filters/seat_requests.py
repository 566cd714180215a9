import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.choices import RecordFilter
from crm.filters.days import DayRangeFilter
from crm.models import Contact, Course, Organisation, SeatRequest


class SeatRequestFilterSet(WagtailFilterSet):
    course = django_filters.ModelChoiceFilter(label=_("Course"), queryset=Course.objects.all())
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=SeatRequest.State, widget=forms.CheckboxSelectMultiple)
    when = django_filters.ChoiceFilter(
        label=_("Courses"),
        choices=[("ahead", _("Ahead, or going on")), ("over", _("Over, given or cancelled"))],
        empty_label=_("All"),
        method="by_when",
        widget=forms.RadioSelect,
    )
    asked = DayRangeFilter(label=_("Asked on"), field_name="asked_on")
    organisation = RecordFilter(label=_("Organisation"), queryset=Organisation.objects.all(), widget=forms.NumberInput)
    contact = RecordFilter(label=_("Asking contact"), queryset=Contact.objects.all(), widget=forms.NumberInput)

    class Meta:
        model = SeatRequest
        fields = []

    def by_when(self, queryset, name, value):
        ahead = Course.objects.ahead(timezone.localdate()).order_by().values("pk")
        return queryset.filter(course__in=ahead) if value == "ahead" else queryset.exclude(course__in=ahead)
