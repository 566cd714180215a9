"""Pictures of records: private files, made small and without what a camera writes into them (crm/services/pictures.py)."""

import uuid

from django.db import models

from crm.storages import private_storage


def picture_name(record, filename):
    """A name that nobody can guess. A former picture keeps its file: an undo may want it back."""
    return f"pictures/{uuid.uuid4()}.webp"


class PictureField(models.ImageField):
    def __init__(self, *args, **kwargs):
        # A default of the database's too: bulk writes name the columns they know of.
        own = {"storage": private_storage, "upload_to": picture_name, "blank": True, "default": "", "db_default": ""}
        super().__init__(*args, **{**own, **kwargs})


class Pictured(models.Model):
    """With a picture, or with initials where there is none."""

    picture_field = ""
    TINTS = 8

    class Meta:
        abstract = True

    @property
    def picture(self):
        return getattr(self, self.picture_field)

    @property
    def initials(self):
        words = [word for word in self.initial_words() if word[:1].isalnum()]
        return "".join(word[0].upper() for word in words[:2])

    @property
    def tint(self):
        """The number of a colour, always the same for the same record."""
        return self.pk % self.TINTS

    def initial_words(self):
        raise NotImplementedError
