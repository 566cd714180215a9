import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _


class ArchivedFilter(django_filters.ChoiceFilter):
    """Active records, unless archived ones or all are asked for."""

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Show"),
            choices=[("archived", _("Archived only")), ("all", _("Both active and archived"))],
            empty_label=_("Active only"),
            widget=forms.RadioSelect,
            **kwargs,
        )

    def filter(self, queryset, value):
        if value == "all":
            return queryset
        return queryset.archived() if value == "archived" else queryset.active()
