import os

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages


class PrivateStorage(FileSystemStorage):
    """Files below PRIVATE_ROOT that no address leads to: uploaded spreadsheets, pictures and documents of the register.

    The place is asked for each time. A model's file field keeps its storage for good, and settings may change after that.
    """

    @property
    def base_location(self):
        return settings.PRIVATE_ROOT

    @property
    def location(self):
        return os.path.abspath(self.base_location)

    def url(self, name):
        raise ValueError("Private files have no address.")


def private_storage():
    """Where models' files are kept; asked for by name, so that a settings file can put them elsewhere."""
    return storages["private"]
