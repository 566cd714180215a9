from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from crm.validators import normalise_email
from newsletter.models import Subscription
from newsletter.validators import validate_single_line

STARTED_SALT = "newsletter.sign-up"
TOO_FAST = 2  # seconds: nobody types an address in less
TOO_OLD = 30 * 24 * 3600  # the page around the form may lie in a cache for long


class SignUpForm(forms.Form):
    """The sign-up form. Guarded without cookies or scripts: a trap field, and a signed time that must have passed."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Write your e-mail address.")},
    )
    name = forms.CharField(
        label=_("Your name (optional)"),
        max_length=200,
        required=False,
        validators=[validate_single_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    homepage = forms.CharField(
        label=_("Leave this field empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, source="", **kwargs):
        super().__init__(*args, auto_id=f"signup-{source or 'page'}-%s", **kwargs)
        self.initial["started"] = signing.dumps("", salt=STARTED_SALT)

    def clean_email(self):
        normalise_email(self.cleaned_data["email"])
        return self.cleaned_data["email"].strip()

    def clean(self):
        try:
            signing.loads(self.cleaned_data.get("started", ""), salt=STARTED_SALT, max_age=TOO_OLD)
        except signing.BadSignature as error:
            raise ValidationError(_("The form has been open for too long. Press the button once more.")) from error
        if self._was_opened_just_now():
            raise ValidationError(_("That was very fast. Press the button once more."))
        return self.cleaned_data

    def _was_opened_just_now(self):
        try:
            signing.loads(self.cleaned_data["started"], salt=STARTED_SALT, max_age=TOO_FAST)
        except signing.SignatureExpired:
            return False
        return True

    @property
    def is_trapped(self):
        return bool(self.cleaned_data.get("homepage"))


class SubscriptionForm(WagtailAdminModelForm):
    """The office's form: it notes when and by whom a subscription ends, as every other way out does."""

    def save(self, commit=True):
        if "state" in self.changed_data:
            left = self.instance.state == Subscription.State.UNSUBSCRIBED
            self.instance.unsubscribed_at = timezone.now() if left else None
            self.instance.unsubscribed_by = Subscription.Exit.STAFF if left else ""
            if self.instance.state == Subscription.State.ACTIVE:
                self.instance.confirmed_at = timezone.now()
        return super().save(commit)

    def _get_validation_exclusions(self):
        # The normalised address is no field of the form, and yet what must be unique.
        return super()._get_validation_exclusions() - {"normalised"}


class TestMailForm(forms.Form):
    address = forms.CharField(
        label=_("Send a test to"), max_length=254, validators=[normalise_email], widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    __test__ = False  # not a test case, whatever pytest thinks of the name
