from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who logs in to the admin. Our own from the first migration, since it cannot be swapped later."""
