from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.filters.choices import subregion_choices
from crm.forms.dates import DateInput, DayField
from crm.models import Fee, Membership
from crm.services.fee_grid import default_years, years_between
from crm.years import OperatingYearFormField


class GridForm(forms.Form):
    """Which years and which members the grid shows."""

    first = OperatingYearFormField(label=_("From year"), required=False, widget=forms.TextInput(attrs={"size": 9, "autocomplete": "off"}))
    last = OperatingYearFormField(label=_("To year"), required=False, widget=forms.TextInput(attrs={"size": 9, "autocomplete": "off"}))
    standing = forms.MultipleChoiceField(
        label=_("State of the fee"), choices=Fee.Standing, required=False, widget=forms.CheckboxSelectMultiple
    )
    kind = forms.MultipleChoiceField(label=_("Kind"), choices=Membership.Kind, required=False, widget=forms.CheckboxSelectMultiple)
    subregion = forms.MultipleChoiceField(
        label=_("Sub-region"), choices=subregion_choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    q = forms.CharField(label=_("Member"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))

    def clean(self):
        values = super().clean()
        if (first := values.get("first")) and (last := values.get("last")) and last < first:
            self.add_error("last", _("This year is before the first one."))
        return values

    @cached_property
    def years(self):
        first, last = default_years()
        asked_first, asked_last = self.cleaned_data["first"], self.cleaned_data["last"]
        last = asked_last or max(last, asked_first or last)
        return years_between(asked_first or min(first, last), last)

    @property
    def conditions(self):
        values = self.cleaned_data
        return {"kinds": values["kind"], "standings": values["standing"], "subregions": values["subregion"], "query": values["q"]}


class PaidForm(forms.Form):
    """The day on which something was paid."""

    day = DayField(label=_("Paid on"), widget=DateInput, error_messages={"required": _("Choose the day of the payment.")})

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("That day has not come yet."))
        return day
