from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from crm.forms.guarded import GuardedForm
from crm.validators import normalise_email
from newsletter.models import Subscription
from newsletter.validators import validate_single_line


class SignUpForm(GuardedForm):
    started_salt = "newsletter.sign-up"

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

    def __init__(self, *args, source="", **kwargs):
        super().__init__(*args, auto_id=f"signup-{source or 'page'}-%s", **kwargs)

    def clean_email(self):
        normalise_email(self.cleaned_data["email"])
        return self.cleaned_data["email"].strip()


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
