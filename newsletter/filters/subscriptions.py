import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from newsletter.models import Newsletter, Subscription


class SubscriptionFilterSet(WagtailFilterSet):
    newsletter = django_filters.ModelChoiceFilter(
        label=_("Newsletter"), queryset=Newsletter.objects.all(), empty_label=_("All"), widget=forms.RadioSelect
    )
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Subscription.State, widget=forms.CheckboxSelectMultiple)
    basis = django_filters.ChoiceFilter(label=_("Legal basis"), choices=Subscription.Basis, empty_label=_("All"), widget=forms.RadioSelect)

    class Meta:
        model = Subscription
        fields = []
