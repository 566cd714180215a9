"""Who of the register's contacts subscribes to the newsletter."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from crm.filters.contacts import ContactFilterSet
from crm.models import ContactPoint
from newsletter.models import Newsletter, Subscription


def choices():
    newsletters = list(Newsletter.objects.values_list("pk", "name"))
    each = [(str(pk), _("Subscribes to %(name)s") % {"name": name}) for pk, name in newsletters] if len(newsletters) > 1 else []
    return [("yes", _("Subscribes")), ("no", _("Does not subscribe")), *each]


class SubscribedFilter(django_filters.ChoiceFilter):
    """Active subscriptions: of the contact, or of an address that only the contact points know, as in a mailing's audience."""

    def __init__(self):
        super().__init__(label=_("Newsletter"), choices=choices, empty_label=_("All"), widget=forms.RadioSelect)

    @staticmethod
    def is_allowed(user):
        return user.has_perm("newsletter.view_subscription") or user.has_perm("newsletter.change_subscription")

    def filter(self, queryset, value):
        if not value:
            return queryset
        active = Subscription.objects.active().order_by()
        active = active.filter(newsletter=value) if value.isdecimal() else active
        by_address = ContactPoint.objects.emails().filter(
            contact=OuterRef("pk"), normalised__in=active.filter(contact=None).values("normalised")
        )
        subscribes = Exists(active.filter(contact=OuterRef("pk"))) | Exists(by_address)
        return queryset.filter(~subscribes if value == "no" else subscribes)


ContactFilterSet.offer("subscribed", SubscribedFilter())
