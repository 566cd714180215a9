from django_tasks import task

from cms import pictures
from cms.models import CustomImage


@task()
def prepare_renditions(image_id):
    """Scale a picture in the background; one that has been deleted in the meantime needs nothing."""
    if image := CustomImage.objects.filter(pk=image_id).first():
        pictures.prepare_renditions(image)
