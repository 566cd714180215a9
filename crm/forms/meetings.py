"""Calling a meeting, telling of it, and what is agreed on at it."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.dates import DateInput, DayField
from crm.models import Activity, Contact, Organisation, Role, User
from crm.validators import normalise_email

MOST_ATTACHED = 10 * 1024 * 1024


class KeyedForm(forms.Form):
    """A form that does what it does once: a second click comes with the same key."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


def _text(label, **kwargs):
    return forms.CharField(label=label, required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5}), **kwargs)


class InviteForm(KeyedForm):
    """Whom to call to a meeting that is written down already."""

    text = _text(_("Personal text"), help_text=_("Stands in the mail, below the greeting, and in the calendar."))
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"),
        queryset=Role.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At organisations whose seat names nobody, whoever has one of these roles is called."),
    )

    def __init__(self, *args, roles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = Role.objects.filter(pk__in=roles)
        if not roles:
            del self.fields["roles"]

    @property
    def details(self):
        return {}

    @property
    def chosen_roles(self):
        return list(self.cleaned_data.get("roles", []))


class CallForm(InviteForm):
    """The same for a new one."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in Activity.MEETINGS])
    subject = forms.CharField(label=_("Subject"), max_length=200, help_text=_("For example “What the companies need this autumn”."))
    day = DayField(label=_("Day"), widget=DateInput)
    starts_at = forms.TimeField(label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"placeholder": "13:00"}))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=2880, initial=120)
    place = forms.CharField(label=_("Venue"), max_length=200, required=False)

    field_order = ["kind", "subject", "day", "starts_at", "minutes", "place", "text", "roles", "key"]
    DETAILS = ("kind", "subject", "day", "starts_at", "minutes", "place")

    @property
    def details(self):
        return {name: self.cleaned_data[name] for name in self.DETAILS}


class TellForm(KeyedForm):
    text = _text(_("Personal text"))


class CancelForm(KeyedForm):
    reason = forms.CharField(label=_("Why"), max_length=300, required=False, help_text=_("Stands in the mail and in the register."))
    tell = forms.BooleanField(label=_("Mail those who are called"), required=False, initial=True)


class MinutesForm(KeyedForm):
    TO_CHOICES = [("attended", _("Those who came")), ("all", _("All on the list"))]

    to = forms.ChoiceField(label=_("To"), choices=TO_CHOICES, initial="attended", widget=forms.RadioSelect)
    text = _text(_("Personal text"), help_text=_("Stands above the minutes."))
    attachments = forms.ModelMultipleChoiceField(
        label=_("Documents to send along"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, documents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["attachments"].queryset = documents
        if not documents.exists():
            del self.fields["attachments"]

    def clean_attachments(self):
        found = self.cleaned_data["attachments"]
        if sum(document.size for document in found) > MOST_ATTACHED:
            raise forms.ValidationError(_("Together the documents are larger than 10 MB, which many mail servers refuse."))
        return found


class AgreedForm(forms.Form):
    """Something to do that was agreed on at a meeting: what, who and by when."""

    what = forms.CharField(label=_("What"), max_length=200)
    assignee = forms.ModelChoiceField(label=_("For whom"), queryset=User.objects.filter(is_active=True), required=False)
    due = DayField(label=_("By"), required=False, widget=DateInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="agreed-%s", **kwargs)


class NewcomerForm(forms.Form):
    """Somebody who came and is not in the register."""

    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput, validators=[normalise_email])
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.active(), required=False)

    def __init__(self, *args, network=None, **kwargs):
        """On a phone one chooses among the organisations of the network, not of the whole register."""
        super().__init__(*args, auto_id="newcomer-%s", **kwargs)
        if network is None:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = Organisation.objects.active().filter(seats__in=network.seats.current()).distinct()

    @property
    def known(self):
        """A contact of the register who has this address."""
        email = self.cleaned_data.get("email")
        if not email:
            return None
        return Contact.objects.active().filter(contact_points__normalised=normalise_email(email)).first()
