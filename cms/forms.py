import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.forms.guarded import GuardedForm
from crm.models import Municipality
from crm.training import Area, Level, Sector
from crm.validators import normalise_organisation_number, normalise_phone
from newsletter.validators import validate_single_line

MOST_PEOPLE = 5000


class OrganisationNumberField(forms.CharField):
    def clean(self, value):
        value = super().clean(value)
        return normalise_organisation_number(value) if value else ""


class NeedForm(GuardedForm):
    """What a company needs to learn, in its own words and in ours."""

    started_salt = "cms.need"
    required_css_class = "is-required"

    company_name = forms.CharField(
        label=_("Company"),
        max_length=200,
        validators=[validate_single_line],
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Write what your company is called.")},
    )
    company_number = OrganisationNumberField(
        label=_("Organisation number"), max_length=20, required=False, help_text=_("Ten digits, if you have them at hand.")
    )
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), queryset=Municipality.objects.all(), required=False, empty_label=_("Choose …")
    )
    sector = forms.ChoiceField(label=_("Sector"), choices=[("", _("Choose …")), *Sector.choices], required=False)
    text = forms.CharField(
        label=_("What do you need to learn?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For example “four of us need to read drawings” or “Norwegian for our reception”."),
        error_messages={"required": _("Write in a few words what you need.")},
    )
    area = forms.ChoiceField(
        label=_("Area"),
        choices=[("", _("Choose …")), *Area.choices],
        error_messages={"required": _("Choose the area that comes nearest. “Other area” will do.")},
    )
    level = forms.TypedChoiceField(
        label=_("Level"),
        choices=[("", _("Don’t know")), *Level.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("SeQF is the Swedish scale of levels, from 1 to 8."),
    )
    people = forms.IntegerField(
        label=_("How many people?"),
        min_value=1,
        max_value=MOST_PEOPLE,
        required=False,
        error_messages={"invalid": _("Write a number, for example 4.")},
    )
    when = forms.CharField(
        label=_("When?"),
        max_length=100,
        required=False,
        validators=[validate_single_line],
        help_text=_("For example “autumn 2018, mornings”."),
    )
    contact_name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        validators=[validate_single_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )
    contact_email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Write your e-mail address, so that we can answer."), "invalid": _("This is no e-mail address.")},
    )
    contact_phone = forms.CharField(
        label=_("Your phone number"), max_length=50, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"})
    )

    COMPANY = ("company_name", "company_number", "municipality", "sector")
    NEED = ("text", "area", "level", "people", "when")
    CONTACT = ("contact_name", "contact_email", "contact_phone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="need-%s", **kwargs)

    def clean_contact_phone(self):
        if phone := self.cleaned_data["contact_phone"].strip():
            normalise_phone(phone)
        return phone

    def clean_text(self):
        text = self.cleaned_data["text"]
        if text.lower().count("http") > 2:
            raise ValidationError(_("Leave out the links, please: we get many that are advertising."))
        return text

    @property
    def groups(self):
        """Return (heading, fields) in the order in which they stand."""
        groups = [(_("Your company"), self.COMPANY), (_("What you need"), self.NEED), (_("Whom we may answer"), self.CONTACT)]
        return [(heading, [self[name] for name in names]) for heading, names in groups]

    @property
    def need(self):
        """The fields of the need, once the form is valid."""
        return {name: self.cleaned_data[name] for name in (*self.COMPANY, *self.NEED, *self.CONTACT)}

    @property
    def answer_id(self):
        """The same for the same form sent twice, whatever the reason."""
        said = [self.cleaned_data["started"], *(str(value) for value in self.need.values())]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:40]
