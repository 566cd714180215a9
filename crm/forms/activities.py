from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.staticfiles import versioned_static

from crm.forms.dates import DateInput, DayField
from crm.models import Activity


class ActivityForm(WagtailAdminModelForm):
    """What happened, and what is to be done next, which becomes a task."""

    next_step = forms.CharField(
        label=_("Next step"), max_length=200, required=False, help_text=_("It becomes a task of yours. For example “Send the course list”.")
    )
    next_step_due = DayField(label=_("To be done by"), required=False, widget=DateInput)

    @property
    def media(self):
        return super().media + forms.Media(js=[versioned_static("js/only_of.js")])

    def clean(self):
        """What was filled in before another kind was chosen is hidden by now: it does not count."""
        cleaned = super().clean()
        for name, kind in Activity.ONLY_OF.items():
            if name in self.fields and cleaned.get("kind") != kind:
                cleaned[name] = ""
                self._errors.pop(name, None)
        if cleaned.get("next_step_due") and not cleaned.get("next_step"):
            self.add_error("next_step", ValidationError(gettext("Say what is to be done by that day.")))
        return cleaned
