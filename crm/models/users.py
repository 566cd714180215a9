from django.contrib.auth.models import AbstractUser

from crm.recording import unrecorded


@unrecorded("is an account of the admin, with a log of its own")
class User(AbstractUser):
    """Somebody who logs in to the admin. Our own from the first migration, since it cannot be swapped later."""
