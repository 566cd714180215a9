"""The small forms on the page of a contact, an organisation or a project: one for each place that can be edited, and the quick box."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DateField, URLField
from django.forms import modelform_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.dates import DateInput, DayField
from crm.models import Activity, ContactPoint

TASK = "task"


@dataclass(frozen=True)
class Spot:
    """Fields that are edited together where they stand."""

    key: str
    label: str
    fields: tuple


CONTACT_SPOTS = (
    Spot("quick_facts", _("Quick facts"), ("quick_facts",)),
    Spot("name", _("Name"), ("first_name", "last_name")),
    Spot("language", _("Language"), ("language",)),
    Spot("note", _("Note"), ("note",)),
    Spot("source", _("Source"), ("source",)),
)
ORGANISATION_SPOTS = (
    Spot("quick_facts", _("Quick facts"), ("quick_facts",)),
    Spot("name", _("Name"), ("name",)),
    Spot("kind", _("Kind"), ("kind",)),
    Spot("organisation_number", _("Organisation number"), ("organisation_number",)),
    Spot("website", _("Web site"), ("website",)),
    Spot("address", _("Postal address"), ("street", "postcode", "city")),
    Spot("municipality", _("Municipality"), ("municipality", "country")),
    Spot("note", _("Note"), ("note",)),
)

PROJECT_SPOTS = (
    Spot("name", _("Name"), ("name", "short_name")),
    Spot("state", _("State"), ("state",)),
    Spot("when", _("When"), ("since", "until")),
    Spot("programme", _("Programme"), ("programme",)),
    Spot("project_number", _("Project number"), ("project_number",)),
    Spot("budget", _("Budget (SEK)"), ("budget",)),
    Spot("granted_places", _("Places granted"), ("granted_places",)),
    Spot("description", _("Description"), ("description",)),
)
NETWORK_SPOTS = (
    Spot("name", _("Name"), ("name",)),
    Spot("kind", _("Kind"), ("kind",)),
    Spot("description", _("Description"), ("description",)),
)
MEETING_SPOTS = (
    Spot("name", _("Subject"), ("subject",)),
    Spot("when", _("When"), ("day", "starts_at", "minutes")),
    Spot("place", _("Venue"), ("place",)),
    Spot("text", _("Meeting notes"), ("text",)),
)
LONG = ("note", "description", "text")


def spot_form(model, spot):
    widgets = {name: forms.Textarea(attrs={"rows": 6}) for name in LONG if name in spot.fields}
    return modelform_factory(model, fields=spot.fields, widgets=widgets, formfield_callback=_form_field)


def _form_field(field, **kwargs):
    if isinstance(field, URLField):
        kwargs["assume_scheme"] = "https"
    if isinstance(field, DateField):
        kwargs |= {"form_class": DayField, "widget": DateInput}
    return field.formfield(**kwargs)


class PointForm(forms.ModelForm):
    """An e-mail address or phone number of a record, which the instance knows already."""

    class Meta:
        model = ContactPoint
        fields = ["kind", "value", "status", "is_primary"]

    def clean(self):
        cleaned = super().clean()
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if kind and value:
            self.refuse_twice(kind, value)
        return cleaned

    def refuse_twice(self, kind, value):
        """The constraint is on the normal form, which is on no form."""
        try:
            normalised = ContactPoint.normalise(kind, value)
        except ValidationError:
            return  # which the model says itself
        if self.siblings.filter(kind=kind, normalised=normalised).exists():
            self.add_error("value", _("This stands here already."))

    @property
    def siblings(self):
        owner = {"contact": self.instance.contact_id, "organisation": self.instance.organisation_id}
        return ContactPoint.objects.filter(**owner).exclude(pk=self.instance.pk)

    def save(self, commit=True):
        """Only one of each kind is the one to use first: the one before makes way."""
        if self.cleaned_data["is_primary"]:
            for other in self.siblings.filter(kind=self.cleaned_data["kind"], is_primary=True):
                other.is_primary = False
                other.save(update_fields=["is_primary"])
        return super().save(commit)


class QuickForm(forms.Form):
    """What happened a moment ago, or is to be done: the kind, a line, and the rest when there is time."""

    KINDS = (Activity.Kind.CALL, Activity.Kind.VISIT, Activity.Kind.MEETING, Activity.Kind.LETTER, Activity.Kind.NOTE)

    what = forms.ChoiceField(label=_("What"), widget=forms.RadioSelect)
    subject = forms.CharField(label=_("About what"), max_length=200)
    text = forms.CharField(label=_("What was said"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    day = DayField(label=_("Day"), required=False, widget=DateInput)
    due = DayField(label=_("By"), required=False, widget=DateInput)
    other = forms.ModelChoiceField(label="", queryset=None, required=False)

    def __init__(self, *args, others, other_label, may_log=True, may_add_tasks=True, **kwargs):
        super().__init__(*args, auto_id="quick-%s", **kwargs)
        kinds = [(kind.value, kind.label) for kind in self.KINDS] if may_log else []
        self.fields["what"].choices = [*kinds, *([(TASK, _("Task"))] if may_add_tasks else [])]
        self.fields["other"].queryset, self.fields["other"].label = others, other_label
        self.initial = {"what": self.fields["what"].choices[0][0], "day": timezone.localdate(), **self.initial}

    @property
    def has_others(self):
        return self.fields["other"].queryset.exists()

    @property
    def is_task(self):
        return self.cleaned_data["what"] == TASK

    def clean(self):
        """The field of the other kind isn't shown: what is wrong with it does not count, and an empty day means today."""
        cleaned = super().clean()
        unused = "day" if cleaned.get("what") == TASK else "due"
        self._errors.pop(unused, None)
        if not cleaned.get("day") and "day" not in self._errors:
            cleaned["day"] = timezone.localdate()
        return cleaned
