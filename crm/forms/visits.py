"""A visit to a company as it is typed on a phone, perhaps without a connection: by names, which only the server can look up."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import UUIDField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.filters.choices import RecordField
from crm.forms.dates import DayField
from crm.models import Contact, Municipality, Organisation, Project
from crm.services.rights import may_view
from crm.services.visits import SUGGESTED, Person, Visit, companies_called, companies_like
from crm.training import Area, Level
from crm.validators import normalise_email, normalise_organisation_number, normalise_phone


def name_input():
    return forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"})


def number_input():
    """With the phone's keys for digits."""
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class VisitForm(forms.Form):
    """After `clean`, `organisation` is the company, perhaps a new one that is not saved, and `person` somebody new, or None.

    `suggestions` are the companies that may have been meant when it is not clear which one was.
    """

    key = UUIDField(widget=forms.HiddenInput)
    organisation = RecordField(queryset=Organisation.objects.none(), required=False, widget=forms.HiddenInput)
    company = forms.CharField(label=_("Company"), max_length=200, required=False, help_text=_("Name or organisation number"))
    organisation_number = forms.CharField(label=_("Organisation number"), max_length=20, required=False, widget=number_input())
    municipality = forms.ModelChoiceField(label=_("Municipality"), queryset=Municipality.objects.none(), required=False, empty_label="")
    is_another = forms.BooleanField(label=_("It is another company, to be added"), required=False)
    day = DayField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    contact = RecordField(label=_("Who was met"), queryset=Contact.objects.none(), required=False, widget=forms.HiddenInput)
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False, widget=name_input())
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False, widget=name_input())
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    )
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    need = forms.CharField(label=_("What they need"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    area = forms.ChoiceField(label=_("Area of education"), choices=[("", _("No training")), *Area.choices], required=False)
    level = forms.TypedChoiceField(label=_("Level"), choices=[("", ""), *Level.choices], coerce=int, empty_value=None, required=False)
    people = forms.IntegerField(label=_("How many need it"), min_value=1, max_value=100_000, required=False, widget=number_input())
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_step_due = DayField(label=_("To be done by"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none(), required=False, empty_label=_("No project"))
    head_count = forms.IntegerField(label=_("Number of people"), min_value=1, max_value=100_000, required=False, widget=number_input())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, auto_id="visit-%s", **kwargs)
        self.user = user
        self.suggestions = []
        today = timezone.localdate()
        # What was chosen before it was sent may have ended by then: that is the truth of that day.
        self.fields["municipality"].queryset = Municipality.objects.all()
        self.fields["organisation"].queryset = Organisation.objects.active()
        if may_view(user, Contact):
            self.fields["contact"].queryset = Contact.objects.active()
        if may_view(user, Project):
            self.fields["project"].queryset = Project.objects.active() if self.is_bound else Project.objects.active().going_on(today)
        if not user.has_perm("crm.add_task"):
            del self.fields["next_step"], self.fields["next_step_due"]
        if not user.has_perm("crm.add_need"):
            del self.fields["area"], self.fields["level"], self.fields["people"]
        self.initial = {"key": str(uuid.uuid4()), "day": today.isoformat(), **self.initial}

    @property
    def people_may_be_named(self):
        return self.user.has_perm("crm.add_contact")

    def clean_phone(self):
        if value := self.cleaned_data["phone"]:
            normalise_phone(value)
        return value

    def clean_email(self):
        if value := self.cleaned_data["email"]:
            normalise_email(value)
        return value

    def clean_organisation_number(self):
        value = self.cleaned_data["organisation_number"].strip()
        return normalise_organisation_number(value) if value else ""

    def clean(self):
        cleaned = super().clean()
        if not self._errors.keys() & {"organisation", "organisation_number", "municipality"}:
            cleaned["organisation"] = cleaned.get("organisation") or self.find_or_make_company(cleaned)
        cleaned["person"] = None if cleaned.get("contact") else self.person_of(cleaned)
        if cleaned.get("next_step_due") and not cleaned.get("next_step"):
            self.add_error("next_step", gettext("Say what is to be done by that day."))
        if (cleaned.get("level") or cleaned.get("people")) and not cleaned.get("area"):
            self.add_error("area", gettext("Choose the area in which they need training."))
        return cleaned

    @property
    def visit(self):
        """What is to be written down, of a valid form."""
        cleaned = self.cleaned_data
        area = cleaned.get("area")
        return Visit(
            key=str(cleaned["key"]),
            day=cleaned["day"],
            organisation=cleaned["organisation"],
            contact=cleaned.get("contact"),
            person=cleaned["person"],
            need=cleaned["need"],
            training={name: cleaned[name] for name in ("area", "level", "people")} if area else None,
            project=cleaned.get("project"),
            head_count=cleaned.get("head_count"),
            next_step=cleaned.get("next_step", ""),
            due=cleaned.get("next_step_due"),
        )

    # The company

    def find_or_make_company(self, cleaned):
        name, number = " ".join(cleaned.get("company", "").split()), cleaned.get("organisation_number", "")
        if not number and (found := as_number(name)):
            name, number = "", found
        if not name and not number:
            return self.refuse("company", gettext("Write the company’s name or organisation number."))
        if number and (there := Organisation.objects.filter(organisation_number=number).first()):
            return self.company_with_number(there, name)
        called = companies_called(name) if name else []
        if len(called) == 1 and not (number and called[0].organisation_number):
            return called[0]
        if called and not cleaned["is_another"]:
            return self.suggest(
                called, gettext("There are several companies of that name, or it has another number. Which one do you mean?")
            )
        if name and not cleaned["is_another"] and (like := companies_like(name)):
            return self.suggest(like, gettext("Do you mean one of these?"))
        return self.new_company(name, number, cleaned.get("municipality"))

    def company_with_number(self, there, name):
        if there.is_archived:
            return self.refuse("company", gettext("“%(name)s” is archived. Restore it first.") % {"name": there})
        if name and there not in companies_called(name) and there not in companies_like(name):
            return self.suggest([there], gettext("The number belongs to “%(name)s”. Choose it, or correct the number.") % {"name": there})
        return there

    def new_company(self, name, number, municipality):
        if not self.user.has_perm("crm.add_organisation"):
            return self.refuse("company", gettext("The company is not in the register, and you may not add it."))
        if not name:
            return self.refuse("company", gettext("No company has this number yet. Write its name too, and it is added."))
        if municipality is None:
            return self.refuse("municipality", gettext("The company is new. Choose its municipality, and it is added."))
        company = Organisation(name=name, kind=Organisation.Kind.COMPANY, organisation_number=number, municipality=municipality)
        try:
            company.full_clean()
        except ValidationError as error:
            return self.refuse("company", error.messages)
        return company

    def suggest(self, companies, message):
        self.suggestions = companies[:SUGGESTED]
        return self.refuse("company", message)

    def refuse(self, field, message):
        self.add_error(field, message)

    # Who was met

    def person_of(self, cleaned):
        names = [cleaned.get("first_name", ""), cleaned.get("last_name", "")]
        points = [cleaned.get("phone", ""), cleaned.get("email", "")]
        if not any(names) and not any(points):
            return None
        if not all(names):
            return self.refuse("first_name" if not names[0] else "last_name", gettext("Write both first and last name."))
        if not self.people_may_be_named:
            return self.refuse(
                "first_name", gettext("You may not add people. Leave the name out, or write it where it says what they need.")
            )
        return Person(*names, *points)


def as_number(text):
    """Return an organisation number in its normal form, or "" for what is none."""
    if sum(character.isdigit() for character in text) < 10 or any(character.isalpha() for character in text):
        return ""
    try:
        return normalise_organisation_number(text)
    except ValidationError:
        return ""
