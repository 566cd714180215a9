from functools import partial

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from cms.models import CustomImage
from cms.tasks import prepare_renditions


@receiver(post_save, sender=CustomImage)
def prepare_uploaded_picture(instance, **kwargs):
    """A new picture, or one with another focal point, gets its renditions before a visitor asks for them."""
    transaction.on_commit(partial(prepare_renditions.enqueue, instance.pk))
