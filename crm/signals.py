"""Keeps the searched text of a record in step with what belongs to it."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from crm.models import Activity, Affiliation, Contact, ContactPoint, Organisation, Participation


@receiver([post_save, post_delete], sender=ContactPoint)
@receiver([post_save, post_delete], sender=Affiliation)
def refresh_owner(sender, instance, **kwargs):
    for model, pk in ((Contact, instance.contact_id), (Organisation, getattr(instance, "organisation_id", None))):
        # Asked anew: form handling leaves unsaved relatives on the instance that a search text must not be made of.
        if (sender is ContactPoint or model is Contact) and (owner := model.objects.filter(pk=pk).first()):
            owner.refresh_search_text()


@receiver(post_save, sender=Organisation)
def refresh_contacts_of_organisation(sender, instance, created, **kwargs):
    if not created:
        for contact in Contact.objects.filter(affiliations__organisation=instance).distinct():
            contact.refresh_search_text()


@receiver([post_save, post_delete], sender=Participation)
def refresh_activity(sender, instance, **kwargs):
    if activity := Activity.objects.filter(pk=instance.activity_id).first():
        activity.refresh_search_text()
