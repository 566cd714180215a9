"""What a bulk edit has to be told: the value, the tags, the network and the day, the task."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.dates import DateInput, DayField
from crm.forms.tags import TagNamesField, refuse_new_tags
from crm.models import Mobility, Network, Tag


class BulkForm(forms.Form):
    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user


def field_form(model, name):
    """Return a form for one field of a model, which is called `value` there."""
    field = model._meta.get_field(name).formfield()
    if not field.required:
        field.help_text = _("Leave it empty to empty the field.")
    return type("FieldForm", (BulkForm,), {"value": field})


class AddTagsForm(BulkForm):
    names = TagNamesField(required=True)

    def clean_names(self):
        if not self.cleaned_data["names"]:
            raise ValidationError(_("Write at least one tag."))
        refuse_new_tags(self.cleaned_data["names"], self.user)
        return self.cleaned_data["names"]


class RemoveTagsForm(BulkForm):
    tags = forms.ModelMultipleChoiceField(label=_("Tags"), queryset=Tag.objects.all(), widget=forms.CheckboxSelectMultiple)


class SeatForm(BulkForm):
    network = forms.ModelChoiceField(label=_("Network"), queryset=Network.objects.active())
    since = DayField(label=_("From"), widget=DateInput, initial=timezone.localdate)


class TaskForm(BulkForm):
    what = forms.CharField(label=_("What"), max_length=200, help_text=_("For example “Send the agreement”."))
    due = DayField(label=_("Due"), widget=DateInput, required=False)
    assignee = forms.ModelChoiceField(label=_("For whom"), queryset=get_user_model().objects.none(), required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = get_user_model().objects.filter(is_active=True).order_by("first_name", "last_name", "username")


class MobilityForm(BulkForm):
    state = forms.ChoiceField(label=_("State"), choices=Mobility.State)
    since = DayField(label=_("From"), widget=DateInput, required=False, help_text=_("Leave empty to keep the days that stand there."))
    until = DayField(label=_("Until"), widget=DateInput, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("The last day is before the first day, %(since)s.") % {"since": cleaned["since"]})
        return cleaned
