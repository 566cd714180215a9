"""Filters that a room above the register brings with it: whether somebody subscribes to the newsletter.

    ContactFilterSet.offer("subscribed", SubscribedFilter())

in the AppConfig.ready() of that room. A filter on what not everybody may see says so by `is_allowed(user)`: it is neither
offered to others nor, in an address, honoured for them.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_filters import Filter
from wagtail.admin.filters import WagtailFilterSet


class RefusedField(forms.Field):
    widget = forms.HiddenInput

    def clean(self, value):
        raise ValidationError(_("You may not filter by this, since you may not see it."), code="refused")


class RefusedFilter(Filter):
    field_class = RefusedField


class ExtensibleFilterSet(WagtailFilterSet):
    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user or getattr(self.request, "user", None)
        for name, one in list(self.filters.items()):
            if self.user is not None and hasattr(one, "is_allowed") and not one.is_allowed(self.user):
                self._refuse(name)

    def _refuse(self, name):
        refused = self.filters.pop(name)
        if self.data and self.data.get(name):
            self.filters[name] = RefusedFilter(label=refused.label)

    @classmethod
    def offer(cls, name, new_filter):
        """Have a filter in this filterset and in those made from it, now and later."""
        for filterset_class in _with_subclasses(cls):
            for filters in (filterset_class.declared_filters, filterset_class.base_filters):
                filters[name] = new_filter


def _with_subclasses(cls):
    return [cls, *(one for subclass in cls.__subclasses__() for one in _with_subclasses(subclass))]
