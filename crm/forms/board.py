from django import forms
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.forms.dates import DateInput, DayField
from crm.models import Activity, Affiliation, Contact, Organisation, Role


class BoardDayForm(forms.Form):
    """The day as of which the board is shown. The address is the choice."""

    on = DayField(label=_("As of"), required=False, widget=DateInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["placeholder"] = _("today")

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and not 1900 < day.year < 2200:
            raise forms.ValidationError(_("Choose a day of our time."))
        return day


class ElectionField(forms.ModelChoiceField):
    def label_from_instance(self, activity):
        return f"{date_format(activity.day, 'SHORT_DATE_FORMAT')} {activity}"


class MandateForm(forms.ModelForm):
    """A role at the association itself: on its board, or in its office."""

    OF_ELECTIONS = (Activity.Kind.CONFERENCE, Activity.Kind.BOARD_MEETING, Activity.Kind.MEETING)
    MOST = 60  # meetings to choose from

    contact = forms.ModelChoiceField(label=_("Contact"), queryset=Contact.objects.active())
    since = DayField(label=_("From"), required=False, widget=DateInput, help_text=_("Leave empty when nobody knows."))
    until = DayField(label=_("Until"), required=False, widget=DateInput, help_text=_("The last day. Empty means still going on."))
    term_until = DayField(
        label=_("Elected until"),
        required=False,
        widget=DateInput,
        help_text=_("The last day of the mandate. It ends when the role ends, not by itself."),
    )
    elected_at = ElectionField(label=_("Elected at"), queryset=Activity.objects.none(), required=False, help_text=_("The annual meeting."))

    class Meta:
        model = Affiliation
        fields = ["contact", "role", "title", "since", "until", "end_reason", "term_until", "elected_at", "percent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.organisation = Organisation.objects.own()
        self.fields["role"].queryset = Role.objects.exclude(post="").order_by(F("rank").asc(nulls_last=True), "sort_key")
        self.fields["role"].required = True
        self.fields["elected_at"].queryset = self.elections()
        if self.instance.pk:
            self.fields["contact"].disabled = True  # somebody else's mandate is another one

    def elections(self):
        """The latest meetings at which somebody may have been elected, and the one that is chosen."""
        latest = Activity.objects.active().filter(kind__in=self.OF_ELECTIONS).newest_first()
        numbers = list(latest.values_list("pk", flat=True)[: self.MOST])
        return Activity.objects.filter(Q(pk__in=numbers) | Q(pk=self.instance.elected_at_id)).newest_first()

    def clean(self):
        cleaned = super().clean()
        since, term = cleaned.get("since"), cleaned.get("term_until")
        if since and term and term < since:
            self.add_error("term_until", _("The mandate would end before it begins."))
        if cleaned.get("contact") and cleaned.get("role"):
            self.refuse_twice(cleaned)
        return cleaned

    def refuse_twice(self, cleaned):
        since, until = cleaned.get("since"), cleaned.get("until")
        held = Affiliation.objects.at_association().filter(contact=cleaned["contact"], role=cleaned["role"]).exclude(pk=self.instance.pk)
        if since:
            held = held.filter(Q(until=None) | Q(until__gte=since))
        if until:
            held = held.filter(Q(since=None) | Q(since__lte=until))
        if held.exists():
            self.add_error("contact", _("%(person)s holds this role at that time already.") % {"person": cleaned["contact"]})
