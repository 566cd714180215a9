"""Forms that anybody may send, guarded without cookies or scripts: a trap field, and a signed time that must have passed."""

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

TOO_FAST = 2  # seconds: nobody types anything in less
TOO_OLD = 30 * 24 * 3600  # the page around the form may lie in a cache for long


class GuardedForm(forms.Form):
    started_salt = ""  # of the signature, so that the time of one form is none of another

    homepage = forms.CharField(
        label=_("Leave this field empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["started"] = signing.dumps("", salt=self.started_salt)

    def clean(self):
        try:
            signing.loads(self.cleaned_data.get("started", ""), salt=self.started_salt, max_age=TOO_OLD)
        except signing.BadSignature as error:
            raise ValidationError(_("The form has been open for too long. Press the button once more.")) from error
        if self._was_opened_just_now():
            raise ValidationError(_("That was very fast. Press the button once more."))
        return self.cleaned_data

    def _was_opened_just_now(self):
        try:
            signing.loads(self.cleaned_data["started"], salt=self.started_salt, max_age=TOO_FAST)
        except signing.SignatureExpired:
            return False
        return True

    @property
    def is_trapped(self):
        return bool(self.cleaned_data.get("homepage"))

    def with_new_time(self):
        """Put a time into the form that is shown again; two seconds later it will pass."""
        self.data = self.data.copy()
        self.data["started"] = self.initial["started"]
        return self
