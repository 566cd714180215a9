import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _


class ArchivedFilter(django_filters.ChoiceFilter):
    """Active records, unless archived ones or all are asked for; as of a day, those that were active at its end.

    With `was_mistake`, archiving says that the record should never have been there, so that it is left out for any day.
    """

    def __init__(self, *, was_mistake=False, **kwargs):
        self.was_mistake = was_mistake
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
        day = None if self.was_mistake else getattr(self.parent, "as_of", None)
        if value == "archived":
            return queryset.archived() if day is None else queryset.archived().filter(archived_at__date__lte=day)
        return queryset.active() if day is None else queryset.active_on(day)
