import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from crm.filters.archived import ArchivedFilter
from crm.models import Network


class NetworkFilterSet(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Network.Kind, widget=forms.CheckboxSelectMultiple)
    archived = ArchivedFilter()

    class Meta:
        model = Network
        fields = []
