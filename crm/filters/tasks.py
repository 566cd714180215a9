import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.choices import RecordFilter
from crm.forms.users import PersonField, colleagues
from crm.models import Contact, Network, Organisation, Project, Task, User


class StateFilter(django_filters.ChoiceFilter):
    """What is open, unless something else is asked for."""

    def __init__(self):
        super().__init__(
            label=_("Show"),
            choices=[("overdue", _("Overdue only")), ("done", _("Done only")), ("all", _("Both open and done"))],
            empty_label=_("Open only"),
            widget=forms.RadioSelect,
        )

    def filter(self, queryset, value):
        if value == "all":
            return queryset
        if value == "done":
            return queryset.exclude(done_at=None)
        return queryset.overdue() if value == "overdue" else queryset.open()


class FilterPersonField(PersonField, django_filters.fields.ModelChoiceField):
    pass


class PersonFilter(django_filters.ModelChoiceFilter):
    field_class = FilterPersonField


def possible_assignees(request):
    """Whoever may have tasks now, or had some."""
    had = Task.objects.exclude(assignee=None).order_by().values("assignee")
    return User.objects.filter(Q(pk__in=colleagues("crm.view_task").values("pk")) | Q(pk__in=had)).order_by("first_name", "username")


class TaskFilterSet(WagtailFilterSet):
    mine = django_filters.ChoiceFilter(
        label=_("Whose"), choices=[("yes", _("Mine"))], empty_label=_("Everybody’s"), method="by_mine", widget=forms.RadioSelect
    )
    state = StateFilter()
    assignee = PersonFilter(label=_("For whom"), queryset=possible_assignees)
    contact = RecordFilter(label=_("About the contact"), queryset=Contact.objects.all(), widget=forms.NumberInput)
    organisation = RecordFilter(label=_("About the organisation"), queryset=Organisation.objects.all(), widget=forms.NumberInput)
    network = django_filters.ModelChoiceFilter(label=_("About the network"), queryset=Network.objects.all())
    project = django_filters.ModelChoiceFilter(label=_("About the project"), queryset=Project.objects.all())

    class Meta:
        model = Task
        fields = []

    def by_mine(self, queryset, name, value):
        # Without somebody who asks, as when a filter is only put into words, nobody's are meant.
        return queryset.filter(assignee=self.request.user) if self.request else queryset.none()
