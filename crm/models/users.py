from django.conf import settings
from django.contrib.auth.models import AbstractUser

from crm.recording import unrecorded


@unrecorded("is an account of the admin, with a log of its own")
class User(AbstractUser):
    """Somebody who logs in to the admin. Our own from the first migration, since it cannot be swapped later."""

    @property
    def name(self):
        """What colleagues call somebody; the log-in, as long as no name is known."""
        return self.get_full_name() or self.get_username()

    @property
    def language(self):
        """The language of what is written to somebody: the one chosen for the admin."""
        profile = getattr(self, "wagtail_userprofile", None)
        return profile.get_preferred_language() if profile and profile.preferred_language else settings.LANGUAGE_CODE
