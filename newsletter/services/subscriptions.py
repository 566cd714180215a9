"""The life of a subscription: asked for, confirmed, left, and taken over from a spreadsheet."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from crm.models import ChangeSet, Contact, ContactPoint
from crm.services.ledger import change_set
from crm.validators import normalise_email
from newsletter.exceptions import InvalidToken
from newsletter.models import Subscription
from newsletter.tasks import send_confirmation


def hash_asker(address):
    """Return what proves later that two requests came from the same network address, without keeping it."""
    return salted_hmac("newsletter.asker", address, algorithm="sha256").hexdigest() if address else ""


@change_set(cause=ChangeSet.Cause.SUBSCRIPTION)
def subscribe(newsletter, email, *, name="", source, language=Contact.Language.SWEDISH, asker_address=""):
    """Note that somebody asks for the newsletter, and mail them a link to confirm it.

    An active subscription stays as it is: the mail then says so. Whoever has left can come back this way.
    """
    normalised = normalise_email(email)
    # Creates inside a savepoint, and reads again when another request for the same address was faster.
    subscription, _created = Subscription.objects.select_for_update().get_or_create(
        newsletter=newsletter, normalised=normalised, defaults={"email": email, "state": Subscription.State.PENDING}
    )
    # Not touched: `unsubscribed_at`. Until the owner of the mailbox confirms, whoever has left has left.
    if subscription.state != Subscription.State.ACTIVE:
        subscription.email = email
        subscription.name = name or subscription.name
        subscription.language = language
        subscription.state = Subscription.State.PENDING
        subscription.basis = Subscription.Basis.CONSENT
        subscription.source = source
        subscription.requested_at = timezone.now()
        subscription.confirmed_at = None
        subscription.consent_text = newsletter.consent_text
        subscription.consent_version = newsletter.consent_version
        subscription.asker_hash = hash_asker(asker_address)
        subscription.contact = subscription.contact or _only_contact_with(normalised)
        subscription.save()
    transaction.on_commit(partial(send_confirmation.enqueue, subscription.pk))
    return subscription


@change_set(cause=ChangeSet.Cause.CONFIRMATION)
def confirm(subscription):
    """Make a requested subscription active. Twice does no harm; after leaving, an old link doesn't bring back."""
    subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if subscription.state == Subscription.State.UNSUBSCRIBED:
        raise InvalidToken
    if subscription.state == Subscription.State.PENDING:
        subscription.state = Subscription.State.ACTIVE
        subscription.confirmed_at = timezone.now()
        subscription.unsubscribed_at = None
        subscription.unsubscribed_by = ""
        subscription.save()
    return subscription


@change_set(cause=ChangeSet.Cause.SUBSCRIPTION)
def unsubscribe(subscription, *, by):
    """End a subscription; `by` is one of Subscription.Exit. Twice does no harm: the first time counts."""
    subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if subscription.state != Subscription.State.UNSUBSCRIBED:
        subscription.state = Subscription.State.UNSUBSCRIBED
        subscription.unsubscribed_at = timezone.now()
        subscription.unsubscribed_by = by
        subscription.save()
    return subscription


@change_set(cause=ChangeSet.Cause.IMPORT)
def upsert_subscription(newsletter, email, *, name="", state, basis, source="", consent_text="", date=None):
    """Write what a spreadsheet says about an address; `date` is the day of the consent, or of leaving.

    Returns (subscription, "created" | "changed" | "unchanged"). Whoever has left stays out, and whoever was asked to
    confirm is still asked: see Subscription.withstands().
    """
    subscription = Subscription.objects.select_for_update().filter(newsletter=newsletter, normalised=normalise_email(email)).first()
    if subscription and subscription.withstands(state):
        return subscription, "unchanged"
    created = subscription is None
    subscription = subscription or Subscription(newsletter=newsletter, email=email)
    leaves = state == Subscription.State.UNSUBSCRIBED
    values = {
        "name": name or subscription.name,
        "state": state,
        "basis": basis,
        "source": source or subscription.source,
        "consent_text": consent_text or subscription.consent_text,
        "contact": subscription.contact or _only_contact_with(normalise_email(email)),
        "confirmed_at": subscription.confirmed_at if leaves or not date else _midnight(date),
        "unsubscribed_at": subscription.unsubscribed_at or (_midnight(date) if date else timezone.now()) if leaves else None,
        "unsubscribed_by": (subscription.unsubscribed_by or Subscription.Exit.IMPORT) if leaves else "",
    }
    if not created and all(getattr(subscription, field) == value for field, value in values.items()):
        return subscription, "unchanged"
    for field, value in values.items():
        setattr(subscription, field, value)
    subscription.save()
    return subscription, "created" if created else "changed"


def _only_contact_with(address):
    """Return the contact with the address when there is exactly one: a shared address is nobody's own."""
    holders = ContactPoint.objects.emails().filter(normalised=address).values_list("contact", "contact__archived_at").distinct()
    active = {contact for contact, archived_at in holders if archived_at is None}
    return Contact.objects.get(pk=active.pop()) if len(active) == 1 and None not in active else None


def _midnight(date):
    return timezone.make_aware(timezone.datetime(date.year, date.month, date.day))
