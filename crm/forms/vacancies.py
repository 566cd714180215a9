from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.filters.choices import subregion_choices
from crm.forms.dates import DayField
from crm.models import Affiliation, Contact
from crm.services.vacancies import places_of


class BoardForm(forms.Form):
    """What the board of vacancies is narrowed down by. Its address is the filter."""

    gaps = forms.BooleanField(label=_("Only members with a vacancy"), required=False)
    subregion = forms.MultipleChoiceField(label=_("Sub-region"), required=False, widget=forms.CheckboxSelectMultiple)
    on = DayField(label=_("As of"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subregion"].choices = subregion_choices()
        self.fields["on"].widget.attrs["placeholder"] = _("today")


class FillForm(forms.Form):
    """Who of the register takes up a vacant role, from when, and at which of the member's places."""

    contact = forms.ModelChoiceField(label=_("Contact"), queryset=Contact.objects.active())
    organisation = forms.ModelChoiceField(label=_("At"), queryset=None, empty_label=None)
    since = DayField(label=_("From"), required=False, help_text=_("Leave empty when nobody knows."))

    def __init__(self, *args, member, role, **kwargs):
        super().__init__(*args, initial={"since": timezone.localdate(), "organisation": member.pk}, **kwargs)
        self.role = role
        self.fields["organisation"].queryset = places_of(member)

    def clean(self):
        super().clean()
        held = Affiliation.objects.current().filter(
            contact=self.cleaned_data.get("contact"), organisation=self.cleaned_data.get("organisation"), role=self.role
        )
        if held.exists():
            message = _("%(person)s holds this role there already.")
            self.add_error("contact", message % {"person": self.cleaned_data["contact"]})
