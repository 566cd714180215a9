from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm

from crm.models import User


class LoginForm(WagtailLoginForm):
    """Wagtail's, with a label that can be translated: its own is made from the field's name."""

    password = forms.CharField(label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class PersonField(forms.ModelChoiceField):
    """Somebody of the office, by name instead of by log-in."""

    def label_from_instance(self, user):
        return user.name


def colleagues(permission):
    """Return the accounts that may do something, by themselves or as members of a group: "crm.view_task"."""
    # The backend by name: with several, Django does not know which one to ask.
    allowed = User.objects.with_perm(permission, backend="django.contrib.auth.backends.ModelBackend")
    return User.objects.filter(pk__in=allowed.values("pk")).order_by("first_name", "last_name", "username")
