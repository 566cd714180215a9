import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.filters.archived import ArchivedFilter
from crm.filters.as_of import AsOfFilterSet
from crm.models import Network


class NetworkFilterSet(AsOfFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Network.Kind, widget=forms.CheckboxSelectMultiple)
    archived = ArchivedFilter()

    class Meta:
        model = Network
        fields = []
