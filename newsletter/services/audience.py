"""Who gets an issue, who doesn't, and why. The same rules count the audience before and check again before each mail."""

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, TextChoices, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from crm.models import ContactPoint
from crm.services.segments import contacts_in
from newsletter.models import Delivery, Subscription


class Reason(TextChoices):
    """One word for why somebody gets no mail."""

    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    UNCONFIRMED = "unconfirmed", _("Not confirmed")
    ARCHIVED = "archived", _("Archived")
    BOUNCED = "bounced", _("Bounces")
    OUTSIDE = "outside", _("Outside the segment")
    DUPLICATE = "duplicate", _("Duplicate")
    ALREADY = "already", _("Has got it")


EXPLANATIONS = {
    Reason.UNSUBSCRIBED: _("The person has left the newsletter."),
    Reason.UNCONFIRMED: _("The person has not yet pressed the button in the confirmation mail."),
    Reason.ARCHIVED: _("The contact is archived in the register."),
    Reason.BOUNCED: _("Earlier mail to the address came back."),
    Reason.OUTSIDE: _("The contact does not belong to the issue's segment, or the address is not in the register."),
    Reason.DUPLICATE: _("The same person gets the issue at another address."),
    Reason.ALREADY: _("An earlier, cancelled mailing of this issue has reached the address, or may have."),
}
KEPT = ""


class Audience:
    """The subscriptions of an issue's newsletter, each with a reason to be left out, or none."""

    def __init__(self, issue):
        self.issue = issue

    def everybody(self):
        return with_reasons(Subscription.objects.filter(newsletter=self.issue.newsletter_id), self._exclusions())

    def recipients(self):
        return self.everybody().filter(reason=KEPT)

    def left_out(self):
        return self.everybody().exclude(reason=KEPT)

    def count_left_out(self):
        """Return {reason: number}, in the order of the reasons."""
        counts = dict(self.left_out().order_by().values_list("reason").annotate(number=Count("pk")))
        return {reason.value: counts[reason] for reason in Reason if reason in counts}

    def _exclusions(self):
        return [
            *personal_exclusions(),
            When(_outside(self.issue.segment), then=Value(Reason.OUTSIDE)),
            When(_has_got(self.issue), then=Value(Reason.ALREADY)),
            When(_gets_it_elsewhere(), then=Value(Reason.DUPLICATE)),
        ]


def personal_exclusions():
    """What is also asked at the last moment, just before somebody's mail is sent."""
    return [
        When(state=Subscription.State.UNSUBSCRIBED, then=Value(Reason.UNSUBSCRIBED)),
        When(state=Subscription.State.PENDING, then=Value(Reason.UNCONFIRMED)),
        When(_is_archived(), then=Value(Reason.ARCHIVED)),
        When(_bounces(), then=Value(Reason.BOUNCED)),
    ]


def with_reasons(subscriptions, exclusions):
    return subscriptions.annotate(reason=Case(*exclusions, default=Value(KEPT), output_field=CharField())).order_by("normalised", "pk")


def with_shown_name(subscriptions):
    """Add the name to show and to address the mail to: as given with the subscription, else the register's."""
    contact_name = Concat("contact__first_name", Value(" "), "contact__last_name")
    return subscriptions.annotate(
        shown_name=Case(When(~Q(name=""), then="name"), When(contact__isnull=False, then=contact_name), default=Value(""))
    )


def _points(*condition):
    """The register's contact points with the subscription's address."""
    points = ContactPoint.objects.emails().filter(normalised=OuterRef("normalised"))
    return points.filter(**{condition[0]: condition[1]}) if condition else points


def _is_archived():
    """The contact is archived; an address without a contact of its own, when all contacts that have it are archived."""
    contacts = _points().exclude(contact=None)
    only_archived = Exists(contacts) & ~Exists(contacts.filter(contact__archived_at=None)) & ~Exists(_points().exclude(organisation=None))
    return Q(contact__archived_at__isnull=False) | (Q(contact=None) & only_archived)


def _bounces():
    return Exists(_points("status", ContactPoint.Status.BOUNCED))


def _outside(segment):
    if segment is None:
        return Q(pk=None)
    inside = contacts_in(segment).order_by()
    by_address = _points("contact__in", inside.values("pk"))
    return ~(Q(contact__in=inside.values("pk")) | (Q(contact=None) & Exists(by_address)))


def _has_got(issue):
    return Exists(Delivery.objects.perhaps_received().filter(mailing__issue=issue.pk, normalised=OuterRef("normalised")))


def _gets_it_elsewhere():
    """An older active subscription of the same contact, at an address that doesn't bounce."""
    older = Subscription.objects.active().filter(newsletter=OuterRef("newsletter"), contact=OuterRef("contact"), pk__lt=OuterRef("pk"))
    return Q(contact__isnull=False) & Exists(older.exclude(_bounces()))


def segment_problem(segment):
    """Return what is wrong with the segment's filter, or an empty string."""
    if segment is None:
        return ""
    try:
        contacts_in(segment)
    except ValidationError as error:
        return "; ".join(error.messages)
    return ""
