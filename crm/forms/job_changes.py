"""What is asked when somebody leaves a role: first who goes where and who comes, then what becomes of all that hangs on the role."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.forms.dates import DayField
from crm.models import Contact, Organisation, Role
from crm.services.contact_points import holder_of, kind_of_phone
from crm.services.hanging import PointHanging
from crm.services.job_changes import Fate, JobChange, NewRole, Successor
from crm.validators import normalise_email

OTHER = "other"
REASONS = {
    "new_job": _("new job"),
    "retired": _("retired"),
    "parental_leave": _("parental leave"),
    OTHER: _("other"),
}


class JobChangeForm(forms.Form):
    last_day = DayField(label=_("Last day"))
    reason = forms.ChoiceField(label=_("Why"), choices=list(REASONS.items()), widget=forms.RadioSelect)
    other_reason = forms.CharField(label=_("Another reason, in your own words"), max_length=200, required=False)

    new_organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.active(), required=False)
    new_role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.all(), required=False)
    new_title = forms.CharField(label=_("Title"), max_length=150, required=False, help_text=_("As the person writes it on a card."))
    new_since = DayField(label=_("From"), required=False, help_text=_("Empty means the day after the last day."))
    new_email = forms.CharField(label=_("New e-mail"), max_length=254, required=False, widget=forms.EmailInput)
    new_phone = forms.CharField(label=_("New phone"), max_length=254, required=False, widget=forms.TextInput(attrs={"type": "tel"}))

    successor = forms.ModelChoiceField(label=_("A contact of the register"), queryset=Contact.objects.active(), required=False)
    successor_first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    successor_last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    successor_email = forms.CharField(label=_("The successor’s e-mail"), max_length=254, required=False, widget=forms.EmailInput)
    successor_since = DayField(label=_("From"), required=False, help_text=_("Empty means the day after the last day."))

    NEW_ROLE = ("new_organisation", "new_role", "new_title", "new_since", "new_email", "new_phone")
    NEW_PERSON = ("successor_first_name", "successor_last_name")

    def __init__(self, *args, affiliation, may_add_contact, **kwargs):
        super().__init__(*args, initial={"last_day": timezone.localdate(), "reason": "new_job"}, **kwargs)
        self.affiliation = affiliation
        if not may_add_contact:
            for name in self.NEW_PERSON:
                del self.fields[name]

    @property
    def person(self):
        return self.affiliation.contact

    def clean_last_day(self):
        day, since = self.cleaned_data["last_day"], self.affiliation.since
        if since and day < since:
            raise ValidationError(_("The role began on %(since)s, so it cannot have ended before."), params={"since": date_format(since)})
        return day

    def clean_new_organisation(self):
        organisation = self.cleaned_data["new_organisation"]
        if organisation and organisation.pk == self.affiliation.organisation_id:
            raise ValidationError(_("This is where the role ends. Another role at the same place is added in the contact’s form."))
        return organisation

    def clean_successor(self):
        if (successor := self.cleaned_data["successor"]) == self.person:
            raise ValidationError(_("Nobody succeeds themselves. Choose somebody else, or nobody."))
        return successor

    def clean_new_email(self):
        return self._free_address("new_email", besides=[self.person])

    def clean_new_phone(self):
        if number := self.cleaned_data["new_phone"]:
            kind_of_phone(number)
        return number

    def clean_successor_email(self):
        besides = [self.cleaned_data.get("successor") or Contact()]
        if (address := self.cleaned_data["successor_email"]) and self._hangs_on_role(address):
            besides.append(self.person)  # rektor@… is the role's, and may go on to the successor
        return self._free_address("successor_email", besides=besides)

    def _hangs_on_role(self, address):
        change = JobChange(self.affiliation, self.cleaned_data.get("last_day") or timezone.localdate())
        return normalise_email(address) in {point.normalised for point in PointHanging.find(change)}

    def _free_address(self, name, *, besides):
        address = self.cleaned_data[name]
        if address and (holder := holder_of(normalise_email(address), besides=besides)):
            raise ValidationError(_("%(holder)s uses this address already."), params={"holder": holder.name}, code="in_use")
        return address

    def clean(self):
        super().clean()
        if self.cleaned_data.get("reason") == OTHER and not self.cleaned_data.get("other_reason"):
            self.add_error("other_reason", _("Write why, or choose one of the reasons above."))
        self._check_new_role()
        self._check_successor()

    def _check_new_role(self):
        given = any(self.cleaned_data.get(name) for name in self.NEW_ROLE)
        if given and not self.cleaned_data.get("new_organisation") and "new_organisation" not in self.errors:
            self.add_error("new_organisation", _("Choose the new organisation, or empty the fields about the new role."))
        since, last_day = self.cleaned_data.get("new_since"), self.cleaned_data.get("last_day")
        if since and last_day and since <= last_day:
            self.add_error(
                "new_since", _("The old role lasts until %(day)s, so the new one begins later.") % {"day": date_format(last_day)}
            )

    def _check_successor(self):
        addresses = [self.cleaned_data.get(name) for name in ("new_email", "successor_email")]
        if all(addresses) and len({normalise_email(one) for one in addresses}) == 1:
            self.add_error("successor_email", _("This is the new address of %(person)s.") % {"person": self.person.name})
        names = [self.cleaned_data.get(name) for name in self.NEW_PERSON]
        existing = self.cleaned_data.get("successor") or "successor" in self.errors
        if existing and any(names):
            self.add_error("successor", _("Choose a contact or write the name of a new one, not both."))
        elif any(names) and not all(names):
            self.add_error(self.NEW_PERSON[0 if names[1] else 1], _("A new contact needs both names."))
        elif not existing and not any(names) and (self.cleaned_data.get("successor_email") or self.cleaned_data.get("successor_since")):
            self.add_error("successor", _("Who is it? Choose the successor, or empty the fields about them."))
        since, began = self.cleaned_data.get("successor_since"), self.affiliation.since
        if since and began and since < began:
            self.add_error(
                "successor_since", _("%(person)s began on %(day)s only.") % {"person": self.person.name, "day": date_format(began)}
            )

    def job_change(self):
        """Return the JobChange that is asked for; nothing is saved."""
        data = self.cleaned_data
        reason = data["other_reason"] if data["reason"] == OTHER else str(REASONS[data["reason"]])
        return JobChange(self.affiliation, data["last_day"], reason, self._new_role(), self._successor())

    def _day_after(self):
        return self.cleaned_data["last_day"] + datetime.timedelta(days=1)

    def _new_role(self):
        data = self.cleaned_data
        if not data["new_organisation"]:
            return None
        return NewRole(
            organisation=data["new_organisation"],
            since=data["new_since"] or self._day_after(),
            role=data["new_role"],
            title=data["new_title"],
            email=data["new_email"],
            phone=data["new_phone"],
        )

    def _successor(self):
        data = self.cleaned_data
        contact = data["successor"]
        if contact is None and data.get("successor_last_name"):
            contact = Contact(first_name=data["successor_first_name"], last_name=data["successor_last_name"])
        return Successor(contact, data["successor_since"] or self._day_after(), data["successor_email"]) if contact else None


class FatesForm(forms.Form):
    """Each thing that hangs on the role, and what becomes of it: sentences to choose from."""

    def __init__(self, data=None, *, hanging):
        super().__init__(data, prefix="fate")
        self.hanging = hanging
        for one in hanging:
            self.fields[one.key] = forms.ChoiceField(
                label=str(one),
                choices=[(fate.value, sentence) for fate, sentence in one.fates.items()],
                initial=one.default.value,
                widget=forms.RadioSelect,
                error_messages={"required": _("This has been added meanwhile. Choose what becomes of it.")},
            )
            self.fields[one.key].heading = one.heading

    def with_defaults(self, given):
        """Go by what has been chosen before, where that is still possible, and else by what is usual."""
        for one in self.hanging:
            chosen = given.get(self.add_prefix(one.key))
            if chosen in one.fates:
                self.fields[one.key].initial = chosen
        return self

    @property
    def fates(self):
        return {key: Fate(value) for key, value in self.cleaned_data.items()}

    def own_choices(self, data):
        """Yield (name, value) of what was chosen otherwise than is usual."""
        for one in self.hanging:
            name = self.add_prefix(one.key)
            if data.get(name) and data[name] != one.default.value:
                yield name, data[name]
