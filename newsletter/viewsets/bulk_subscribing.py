"""Subscribing many contacts at once, from the contact list of the register."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.bulk_edits import BulkForm
from crm.models import Contact
from crm.viewsets.bulk_actions import BulkAction, register
from newsletter.models import Newsletter, Subscription
from newsletter.services.bulk_subscribing import Subscribe


class SubscribeForm(BulkForm):
    newsletter = forms.ModelChoiceField(label=_("Newsletter"), queryset=Newsletter.objects.all())
    basis = forms.ChoiceField(
        label=_("Legal basis"),
        choices=Subscription.Basis,
        widget=forms.RadioSelect,
        help_text=_("Why may they be written to? It is kept with each subscription."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("Where they have said so, for example “Annual conference 2017”.")
    )


register(
    BulkAction(
        "subscribe",
        _("Subscribe to a newsletter"),
        lambda user, model: user.has_perm("newsletter.add_subscription"),
        lambda model, user, values: Subscribe(model, **values),
        SubscribeForm,
        models=(Contact,),
        group=_("Add"),
    )
)
